"""The bytes that the client sends, and its behavior with real sockets."""

import asyncio
import json
import logging
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from holdfast.antom.account import GatewayAccount
from holdfast.antom.client import AntomClient, Timeouts
from holdfast.antom.models import CancelRequest, PayRequest
from holdfast.antom.outcome import DidNotHappen, Happened, Unknown
from holdfast.antom.signing import is_valid
from tests.support.antom.certificates import self_signed_context
from tests.support.antom.gateway import (
    CLIENT_ID,
    StubGateway,
    account,
    pay_request,
    public_base64,
    respond_with,
    result,
    sample,
    signed_response,
)

CANCEL = CancelRequest(paymentRequestId="order-1-1")
SHORT_TIMEOUTS = Timeouts(connect=2, read=0.1, write=2, pool=2, total=10)

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def sent_by(client_id: str, request: PayRequest) -> httpx.Request:
    gateway = StubGateway(respond_with(result("S", "SUCCESS")))
    async with AntomClient(account(client_id), transport=gateway) as client:
        await client.pay(request)
    [sent] = gateway.requests
    return sent


@asynccontextmanager
async def server(handle: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Yields the port of a loopback server whose connections `handle` serves."""
    listener = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    async with listener:
        yield listener.sockets[0].getsockname()[1]


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    [length] = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(int(length.split(b":")[1]))


def client_of(port: int, scheme: str = "http", timeouts: Timeouts = SHORT_TIMEOUTS) -> AntomClient:
    return AntomClient(_account_of(port, scheme), timeouts=timeouts)


def _account_of(port: int, scheme: str = "http") -> GatewayAccount:
    return account(gateway_url=f"{scheme}://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("client_id", "path"),
    [(CLIENT_ID, "/ams/api/v1/payments/pay"), ("SANDBOX_5Y0000", "/ams/sandbox/api/v1/payments/pay")],
)
async def test_signature_covers_the_sent_path_and_body(client_id: str, path: str) -> None:
    sent = await sent_by(client_id, pay_request())
    assert str(sent.url) == f"https://gateway.example{path}"
    assert is_valid(
        sent.headers["signature"],
        method=sent.method,
        path=sent.url.raw_path.decode(),
        client_id=client_id,
        time=sent.headers["request-time"],
        body=sent.content,
        public_keys=[public_base64("merchant")],
    )


async def test_request_has_the_headers_of_the_protocol() -> None:
    before = time.time_ns() // 1_000_000
    sent = await sent_by(CLIENT_ID, pay_request())
    assert sent.method == "POST"
    assert sent.headers["content-type"] == "application/json; charset=UTF-8"
    assert sent.headers["client-id"] == CLIENT_ID
    assert sent.headers["accept-encoding"] == "identity"
    assert before <= int(sent.headers["request-time"]) <= time.time_ns() // 1_000_000
    assert sent.headers["signature"].startswith("algorithm=RSA256,keyVersion=1,signature=")


async def test_body_is_compact_and_has_only_the_fields_that_are_set() -> None:
    name = "pay-request.server-to-server.automatic-capture.json"
    sent = await sent_by(CLIENT_ID, PayRequest.model_validate(sample(name)))
    assert json.loads(sent.content) == sample(name)
    assert (
        sent.content
        == json.dumps(json.loads(sent.content), separators=(",", ":"), ensure_ascii=False).encode()
    )
    assert b"null" not in sent.content


async def test_equal_requests_have_equal_bodies() -> None:
    first, second = [await sent_by(CLIENT_ID, pay_request()) for _ in range(2)]
    assert first.content == second.content


async def test_default_product_code_is_sent() -> None:
    fields = sample("pay-request.hosted-page.manual-capture.json")
    del fields["productCode"]
    sent = await sent_by(CLIENT_ID, PayRequest.model_validate(fields))
    assert json.loads(sent.content)["productCode"] == "CASHIER_PAYMENT"


async def test_call_over_a_real_socket_happened() -> None:
    received: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await read_request(reader))
        response = signed_response("/ams/api/v1/payments/cancel", json.dumps(result("S", "SUCCESS")).encode())
        head = [f"Client-ID: {response.headers['client-id']}", f"SIGNATURE: {response.headers['signature']}"]
        head += [
            f"Response-Time: {response.headers['response-time']}",
            f"Content-Length: {len(response.content)}",
        ]
        writer.write("\r\n".join(["HTTP/1.1 200 OK", *head, "", ""]).encode() + response.content)
        await writer.drain()
        writer.close()

    async with server(handle) as port, client_of(port) as client:
        assert isinstance(await client.cancel(CANCEL), Happened)
    assert received[0].startswith(b"POST /ams/api/v1/payments/cancel HTTP/1.1\r\n")
    assert received[0].endswith(b'\r\n\r\n{"paymentRequestId":"order-1-1"}')


async def test_refused_connection_did_not_happen() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError

    async with server(handle) as port:
        pass
    async with client_of(port) as client:
        assert await client.cancel(CANCEL) == DidNotHappen("not sent: ConnectError")


async def test_untrusted_certificate_is_refused_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = self_signed_context(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError

    async with server(handle, context) as port, client_of(port, "https") as client:
        assert await client.cancel(CANCEL) == DidNotHappen("not sent: ConnectError")


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with server(handle) as port, client_of(port) as client:
        assert await client.cancel(CANCEL) == Unknown("HTTP status 503")


async def test_missing_response_is_unknown() -> None:
    done = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    async with server(handle) as port, client_of(port) as client:
        assert await client.cancel(CANCEL) == Unknown("no response: ReadTimeout")
        done.set()


async def test_slow_response_is_unknown_after_the_total_timeout() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.02)

    total_timeout = Timeouts(connect=2, read=2, write=2, pool=2, total=0.3)
    async with server(handle) as port, client_of(port, timeouts=total_timeout) as client:
        assert await client.cancel(CANCEL) == Unknown("no response: TimeoutError")


@pytest.mark.parametrize(
    "response", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"]
)
async def test_connection_lost_after_the_request_is_unknown(response: bytes) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(response)
        writer.close()

    async with server(handle) as port, client_of(port) as client:
        assert await client.cancel(CANCEL) == Unknown("no response: RemoteProtocolError")


async def test_call_cancelled_at_any_moment_leaves_the_connection_usable() -> None:
    """Each call is cancelled one event loop iteration later. The pool has a single connection to lose."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await read_request(reader):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    single_connection = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))
    async with server(handle) as port, AntomClient(_account_of(port), transport=single_connection) as client:
        for iterations in [*range(50)] * 2:
            call = asyncio.create_task(client.cancel(CANCEL))
            for _ in range(iterations):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.wait({call})
        assert await client.cancel(CANCEL) == Unknown("response without a signature")


async def test_debug_logs_contain_no_body(caplog: pytest.LogCaptureFixture) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nSECRETTEXT")
        writer.close()

    caplog.set_level(logging.DEBUG)
    request = PayRequest.model_validate(sample("pay-request.server-to-server.automatic-capture.json"))
    async with server(handle) as port, client_of(port) as client:
        assert isinstance(await client.pay(request), Unknown)
    assert caplog.records
    for text in ("4117347806156383", '"850"', "expiry", "SECRET", "algorithm=RSA256"):
        assert text not in caplog.text
