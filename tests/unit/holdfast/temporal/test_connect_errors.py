"""`connect` raises an error of Holdfast that names the address, the namespace, and what to check."""

import asyncio

import pytest

from holdfast import (
    CodecKeyError,
    HoldfastError,
    PaymentUnavailable,
    TemporalSettingsError,
    TemporalUnavailable,
)
from holdfast.errors import UnavailableReason
from holdfast.temporal import connection
from holdfast.temporal.connection import connect
from holdfast.temporal.server import Server

UNUSED = "127.0.0.1:1"


async def test_refused_connection_names_address_and_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", UNUSED)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "shop")
    with pytest.raises(TemporalUnavailable) as caught:
        await connect()
    error = caught.value
    assert isinstance(error, PaymentUnavailable)
    assert (error.address, error.namespace) == (UNUSED, "shop")
    assert error.reason is UnavailableReason.TEMPORAL_UNREACHABLE
    assert str(error) == (
        "Temporal at 127.0.0.1:1 (namespace shop) cannot be reached: the connection was refused; check "
        "TEMPORAL_ADDRESS, whether the server runs there, and TEMPORAL_TLS_* (TLS is off)"
    )


async def test_refused_connection_with_api_key_says_that_tls_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", UNUSED)
    monkeypatch.setenv("TEMPORAL_API_KEY", "secret")
    with pytest.raises(TemporalUnavailable, match="TLS is on because TEMPORAL_API_KEY is set") as caught:
        await connect()
    assert "secret" not in str(caught.value)


async def test_server_that_does_not_answer_raises_after_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    never = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await never.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.setattr(connection, "CONNECT_WITHIN", connection.CONNECT_WITHIN / 100)
    with pytest.raises(TemporalUnavailable):
        await connect()
    never.set()
    server.close()


async def test_every_wrong_variable_of_temporal_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "secret")
    monkeypatch.setenv("TEMPORAL_TLS", "secret")
    monkeypatch.setenv("TEMPORAL_TLS_CLIENT_KEY_PATH", "/nowhere/secret")
    with pytest.raises(TemporalSettingsError) as caught:
        await connect()
    assert caught.value.problems == (
        ("TEMPORAL_TLS_CLIENT_KEY_PATH", "names a file that cannot be read"),
        ("TEMPORAL_TLS", "must be true or false"),
        ("TEMPORAL_ADDRESS", "must be host:port"),
    )
    assert "secret" not in str(caught.value)


async def test_malformed_codec_keys_are_an_error_of_holdfast() -> None:
    with pytest.raises(CodecKeyError, match="HOLDFAST_CODEC_KEYS must read keyid:base64") as caught:
        await connect("secret", lazy=True)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ConnectError(dns error)", "the host name is unknown"),
        ("InvalidMessage(InvalidContentType)", "the TLS handshake failed"),
        ("invalid peer certificate: UnknownIssuer", "the TLS certificate is not accepted"),
        ("Status { code: Unauthenticated }", "the API key or certificate is not accepted"),
        ("secret", "no connection"),
    ],
)
def test_cause_of_a_failed_connection_is_in_words(text: str, words: str) -> None:
    error: HoldfastError = Server("t:7233", "shop", has_tls=True).unreachable(RuntimeError(text))
    assert f"cannot be reached: {words};" in str(error)
    assert "(TLS is on)" in str(error)
    assert "secret" not in str(error)
