import base64
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from card_vault import KeyringError
from payments.codec import CodecKeyError, EncryptionCodec, codec_from
from payments.temporal import TemporalSettingsError, connect, data_converter

KEY_A = "a:" + base64.b64encode(b"a" * 32).decode()
KEY_B = "b:" + base64.b64encode(b"b" * 32).decode()
WRONG_A = "a:" + base64.b64encode(b"x" * 32).decode()
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"paymentReference": "order-1"}')


def codec(*keys: str) -> EncryptionCodec:
    made = codec_from(",".join(keys))
    assert made is not None
    return made


def write(path: Path, text: str) -> None:
    path.write_text(text)


async def test_a_payload_comes_back_and_is_unreadable_in_between() -> None:
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    assert b"order-1" not in encrypted.SerializeToString()
    assert b"json/plain" not in encrypted.SerializeToString()
    assert encrypted.metadata["encryption-key-id"] == b"a"
    assert await codec(KEY_A).decode([encrypted]) == [PLAIN]


async def test_equal_payloads_do_not_look_equal() -> None:
    one, two = await codec(KEY_A).encode([PLAIN, PLAIN])
    assert one.data != two.data


async def test_the_first_key_encrypts_and_all_decrypt() -> None:
    [old] = await codec(KEY_A).encode([PLAIN])
    [new] = await codec(KEY_B, KEY_A).encode([PLAIN])
    assert new.metadata["encryption-key-id"] == b"b"
    assert await codec(KEY_B, KEY_A).decode([old, new]) == [PLAIN, PLAIN]


async def test_what_was_stored_in_the_clear_stays_readable() -> None:
    assert await codec(KEY_A).decode([PLAIN]) == [PLAIN]


@pytest.mark.parametrize(("key", "says"), [(KEY_B, "holds no key 'a'"), (WRONG_A, "key 'a' does not open")])
async def test_a_missing_or_wrong_key_says_which(key: str, says: str) -> None:
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    with pytest.raises(CodecKeyError, match=says):
        await codec(key).decode([encrypted])


@pytest.mark.parametrize("data", [b"", b"short", b"\x00" * 64])
async def test_changed_ciphertext_is_an_error_of_the_same_kind(data: bytes) -> None:
    metadata = {"encoding": b"binary/encrypted", "encryption-key-id": b"a"}
    with pytest.raises(CodecKeyError):
        await codec(KEY_A).decode([Payload(metadata=metadata, data=data)])


async def test_a_key_id_that_was_swapped_does_not_open() -> None:
    same_key = "c:" + base64.b64encode(b"a" * 32).decode()
    [encrypted] = await codec(KEY_A).encode([PLAIN])
    encrypted.metadata["encryption-key-id"] = b"c"
    with pytest.raises(CodecKeyError):
        await codec(KEY_A, same_key).decode([encrypted])


def test_without_keys_there_is_no_codec() -> None:
    assert codec_from(None) is None
    assert codec_from("") is None
    assert data_converter().payload_codec is None


def test_malformed_keys_name_the_variable() -> None:
    with pytest.raises(KeyringError, match="HOLDFAST_CODEC_KEYS must read keyid:base64"):
        codec_from("nonsense")


async def test_messages_of_failures_are_encrypted_too() -> None:
    failure = Failure()
    await data_converter(KEY_A).encode_failure(ApplicationError("the buyer's secret"), failure)
    assert b"secret" not in failure.SerializeToString()
    error = await data_converter(KEY_A).decode_failure(failure)
    assert "the buyer's secret" in str(error)


async def test_an_unreadable_temporal_profile_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "temporal.toml"
    write(profile, "[profile")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(profile))
    with pytest.raises(TemporalSettingsError) as caught:
        await connect(lazy=True)
    assert str(caught.value).startswith("TEMPORAL_CONFIG_FILE ")
    assert "profile]" not in str(caught.value)


@pytest.mark.parametrize("address", ["nonsense", "http://localhost:7233", "localhost:", "local host:7233"])
async def test_a_malformed_address_is_named(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    with pytest.raises(TemporalSettingsError, match="TEMPORAL_ADDRESS must be host:port"):
        await connect(lazy=True)


async def test_a_lazy_client_needs_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "payments")
    client = await connect(KEY_A, lazy=True)
    assert client.namespace == "payments"
    assert client.data_converter.payload_codec is not None
