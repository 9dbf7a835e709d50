"""The outcomes of the client's calls: happened, did not happen, or unknown."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from holdfast.antom.client import MAX_RESPONSE_BYTES, AntomClient
from holdfast.antom.models import (
    CancelResponse,
    CaptureResponse,
    InquiryPaymentResponse,
    NotificationListResponse,
    PayResponse,
    ResultStatus,
)
from holdfast.antom.outcome import DidNotHappen, Happened, Unknown
from holdfast.antom.signing import is_valid
from tests.support.antom.calls import CALLS, CANCEL, PATHS, SUCCESS, json_body, outcome_of, unknown_of
from tests.support.antom.gateway import (
    CLIENT_ID,
    Reply,
    StubGateway,
    account,
    pay_request,
    public_base64,
    respond_with,
    result,
    signed_response,
)

RESPONSE_MODELS = {
    "pay": PayResponse,
    "inquire_payment": InquiryPaymentResponse,
    "capture": CaptureResponse,
    "cancel": CancelResponse,
    "list_notifications": NotificationListResponse,
}


def raising(error: Exception) -> Reply:
    def reply(request: httpx.Request) -> httpx.Response:
        raise error

    return reply


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("S", "SUCCESS"),
        ("F", "PROCESS_FAIL"),
        ("F", "NEW_CODE"),
        ("U", "PAYMENT_IN_PROCESS"),
        ("U", "CAPTURE_IN_PROCESS"),
    ],
)
async def test_signed_response_that_is_decided_or_in_process_happened(
    call: str, status: str, code: str
) -> None:
    outcome = await outcome_of(respond_with(result(status, code)), call)
    assert isinstance(outcome, Happened)
    assert type(outcome.response) is RESPONSE_MODELS[call]
    assert outcome.response.result.resultStatus is ResultStatus(status)
    assert outcome.response.result.resultCode == code


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("U", "UNKNOWN_EXCEPTION"),
        ("U", "REQUEST_TRAFFIC_EXCEED_LIMIT"),
        ("U", "ORDER_NOT_EXIST"),
        ("U", "NEW_CODE"),
        ("Z", "SUCCESS"),
        ("", "SUCCESS"),
        ("s", "SUCCESS"),
        ("Z", "PAYMENT_IN_PROCESS"),
    ],
)
async def test_signed_undecided_response_is_unknown_with_its_code(call: str, status: str, code: str) -> None:
    unknown = await unknown_of(respond_with(result(status, code)), call)
    assert unknown == Unknown("gateway does not know the outcome", claimed_code=code)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.PoolTimeout("busy"),
        httpx.UnsupportedProtocol("gopher"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("call", CALLS)
async def test_error_before_sending_did_not_happen(call: str, error: Exception) -> None:
    assert await outcome_of(raising(error), call) == DidNotHappen(f"not sent: {type(error).__name__}")


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteTimeout("slow"),
        httpx.WriteError("broken pipe"),
        httpx.CloseError("closed"),
        httpx.RemoteProtocolError("garbage"),
        httpx.LocalProtocolError("ours"),
        httpx.ProxyError("proxy"),
        httpx.DecodingError("gzip"),
        httpx.StreamClosed(),
        ConnectionResetError("reset"),
        TimeoutError("total"),
        OSError("anything"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("call", CALLS)
async def test_error_after_possible_sending_is_unknown(call: str, error: Exception) -> None:
    assert await outcome_of(raising(error), call) == Unknown(f"no response: {type(error).__name__}")


@pytest.mark.parametrize(
    "status", [100, 201, 204, 301, 302, 307, 308, 400, 401, 403, 404, 429, 500, 502, 503]
)
async def test_http_status_other_than_200_is_unknown_even_when_signed(status: int) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        response = signed_response(request.url.path, json_body(SUCCESS))
        return httpx.Response(status, headers=response.headers, content=json_body(SUCCESS))

    assert await outcome_of(reply) == Unknown(f"HTTP status {status}")


async def test_redirect_is_not_followed() -> None:
    gateway = StubGateway(lambda _: httpx.Response(307, headers={"location": "https://other.example/"}))
    async with AntomClient(account(), transport=gateway) as client:
        assert await client.pay(pay_request()) == Unknown("HTTP status 307")
    assert len(gateway.requests) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"result": {"resultCode": "SUCCESS", "resultStatus": "S"}, "a": NaN}', "not JSON"),
        (b"[]", "must be an object"),
        (b"null", "must be an object"),
        (b"{}", "result: is required"),
        (b'{"result": null}', "result: must be an object"),
        (b'{"result": {"resultStatus": "S"}}', "result.resultCode: is required"),
    ],
)
async def test_signed_unreadable_response_is_unknown(body: bytes, message: str) -> None:
    unknown = await unknown_of(lambda request: signed_response(request.url.path, body))
    assert unknown.reason == f"unreadable response: {message}"


async def test_oversized_response_is_unknown_and_the_largest_is_read() -> None:
    largest = json_body(SUCCESS).ljust(MAX_RESPONSE_BYTES)
    assert isinstance(await outcome_of(lambda request: signed_response(request.url.path, largest)), Happened)
    unknown = await unknown_of(lambda request: signed_response(request.url.path, largest + b" "))
    assert unknown.reason == f"unreadable response: more than {MAX_RESPONSE_BYTES} bytes"


async def test_endless_response_is_not_read_to_its_end() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65536

    unknown = await unknown_of(lambda _: httpx.Response(200, content=endless()))
    assert unknown.reason.startswith("unreadable response: more than")


async def test_compressed_response_is_not_decompressed() -> None:
    unknown = await unknown_of(
        lambda _: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"bomb"))
    )
    assert unknown.reason == "unreadable response: compressed, although an uncompressed one was requested"


async def test_cancellation_of_a_call_is_propagated() -> None:
    reached = asyncio.Event()

    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            reached.set()
            await asyncio.Event().wait()
            raise AssertionError

    async with AntomClient(account(), transport=Silent()) as client:
        call = asyncio.create_task(client.cancel(CANCEL))
        await reached.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


@pytest.mark.parametrize("call", CALLS)
async def test_request_and_response_signatures_are_both_valid(call: str) -> None:
    gateway = StubGateway(respond_with(result("S", "SUCCESS")))
    async with AntomClient(account(), transport=gateway) as client:
        assert isinstance(await CALLS[call](client), Happened)
    [request] = gateway.requests
    assert is_valid(
        request.headers["signature"],
        method=request.method,
        path=PATHS[call],
        client_id=CLIENT_ID,
        time=request.headers["request-time"],
        body=request.content,
        public_keys=[public_base64("merchant")],
    )
