"""Which responses count: those provably from the gateway, for this client id, about this request."""

import httpx
import pytest

from holdfast.antom.client import AntomClient
from holdfast.antom.outcome import Happened, Unknown
from tests.support.antom.calls import (
    CALLS,
    PATHS,
    SUCCESS,
    json_body,
    outcome_of,
    respond_signed_by,
    unknown_of,
)
from tests.support.antom.gateway import (
    PAYMENT_REQUEST_ID,
    StubGateway,
    account,
    pay_request,
    public_base64,
    respond_with,
    result,
    signed_response,
)


@pytest.mark.parametrize("status", ["S", "F", "U"])
@pytest.mark.parametrize("call", CALLS)
async def test_unsigned_response_is_unknown_whatever_its_result(call: str, status: str) -> None:
    body = json_body(result(status, "SIGNATURE_INVALID"))
    unknown = await unknown_of(lambda _: httpx.Response(200, content=body), call)
    assert unknown == Unknown("response without a signature", claimed_code="SIGNATURE_INVALID")


@pytest.mark.parametrize("missing", ["client-id", "response-time"])
async def test_signed_response_without_client_id_or_time_is_unknown(missing: str) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        response = signed_response(request.url.path, json_body(SUCCESS))
        del response.headers[missing]
        return response

    unknown = await unknown_of(reply)
    assert unknown == Unknown("signed response without client-id or response-time", claimed_code="SUCCESS")


async def test_response_signed_with_another_key_is_unknown() -> None:
    unknown = await unknown_of(respond_signed_by("unrelated"))
    assert unknown == Unknown("response with a wrong signature", claimed_code="SUCCESS")


async def test_response_signed_with_the_merchant_key_is_unknown() -> None:
    unknown = await unknown_of(respond_signed_by("merchant"))
    assert unknown.reason == "response with a wrong signature"


@pytest.mark.parametrize("header", ["client-id", "response-time", "signature"])
async def test_response_with_a_changed_or_repeated_header_is_unknown(header: str) -> None:
    def changed(request: httpx.Request) -> httpx.Response:
        response = signed_response(request.url.path, json_body(SUCCESS))
        response.headers[header] = response.headers[header] + "0"
        return response

    def repeated(request: httpx.Request) -> httpx.Response:
        response = signed_response(request.url.path, json_body(SUCCESS))
        headers = [*response.headers.raw, (header.encode(), response.headers[header].encode())]
        return httpx.Response(200, headers=headers, content=json_body(SUCCESS))

    assert isinstance(await outcome_of(changed), Unknown)
    assert isinstance(await outcome_of(repeated), Unknown)


async def test_response_with_a_changed_body_is_unknown() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        response = signed_response(request.url.path, json_body(result("F", "PROCESS_FAIL")))
        return httpx.Response(200, headers=response.headers, content=json_body(SUCCESS))

    assert (await unknown_of(reply)).reason == "response with a wrong signature"


async def test_response_signed_for_another_path_is_unknown() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        return signed_response(request.url.path, json_body(SUCCESS), signed_path=PATHS["cancel"])

    assert (await unknown_of(reply)).reason == "response with a wrong signature"


async def test_response_for_another_client_id_is_unknown() -> None:
    unknown = await unknown_of(
        lambda request: signed_response(request.url.path, json_body(SUCCESS), client_id="T_2")
    )
    assert unknown == Unknown("response for another client id", claimed_code="SUCCESS")


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        ("pay", {"paymentRequestId": "order-1-2"}),
        ("inquire_payment", {"paymentRequestId": "order-2-1"}),
        ("capture", {"captureRequestId": "order-1-c2"}),
        ("capture", {"captureRequestId": "order-1-c1", "paymentId": "2020"}),
        ("cancel", {"paymentRequestId": "order-2-1"}),
    ],
)
async def test_signed_response_to_another_request_is_unknown(call: str, fields: dict[str, str]) -> None:
    unknown = await unknown_of(respond_with(result("S", "SUCCESS", **fields)), call)
    assert unknown == Unknown("response belongs to another request", claimed_code="SUCCESS")


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        ("pay", {"paymentRequestId": PAYMENT_REQUEST_ID, "paymentId": "2019"}),
        ("inquire_payment", {"paymentRequestId": None, "paymentId": ""}),
        ("capture", {"captureRequestId": "order-1-c1", "paymentId": 2019}),
        ("cancel", {"paymentRequestId": "", "paymentId": "2019"}),
    ],
)
async def test_response_with_equal_or_absent_ids_happened(call: str, fields: dict[str, object]) -> None:
    assert isinstance(await outcome_of(respond_with(result("S", "SUCCESS", **fields)), call), Happened)


@pytest.mark.parametrize(
    "code", ["4117347806156383", "PAN_4117347806156383", "not a code", "X" * 65, "", "A\nB", 7, None, ["A"]]
)
async def test_claimed_code_of_another_form_is_not_repeated(code: object) -> None:
    body = json_body({"result": {"resultCode": code, "resultStatus": "F"}})
    unknown = await unknown_of(lambda _: httpx.Response(200, content=body))
    assert unknown.claimed_code in (None, "7")


@pytest.mark.parametrize("body", [b"", b"[]", b"[1]", b"1", b'"result"', b"null", b'{"result": []}', b"{}"])
async def test_unsigned_response_without_a_result_claims_no_code(body: bytes) -> None:
    unknown = await unknown_of(lambda _: httpx.Response(200, content=body))
    assert unknown == Unknown("response without a signature")


async def test_response_signed_with_either_gateway_key_happened() -> None:
    account_with_two_keys = account(public_keys=(public_base64("unrelated"), public_base64("gateway")))
    for key in ("gateway", "unrelated"):
        gateway = StubGateway(respond_signed_by(key))
        async with AntomClient(account_with_two_keys, transport=gateway) as client:
            assert isinstance(await client.pay(pay_request()), Happened)


@pytest.mark.parametrize(
    ("signed_path", "kind"),
    [("/ams/sandbox/api/v1/payments/pay", Happened), ("/ams/api/v1/payments/pay", Unknown)],
)
async def test_sandbox_response_must_be_signed_for_the_sandbox_path(
    signed_path: str, kind: type[object]
) -> None:
    sandbox = "SANDBOX_5Y0000"
    response = signed_response(signed_path, json_body(SUCCESS), client_id=sandbox)
    async with AntomClient(account(sandbox), transport=StubGateway(lambda _: response)) as client:
        assert isinstance(await client.pay(pay_request()), kind)
