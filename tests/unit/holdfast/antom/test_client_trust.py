"""Which answers count: those that are provably the gateway's, for us, about this request."""

import httpx
import pytest

from holdfast.antom.client import AntomClient
from holdfast.antom.outcome import Happened, Unknown
from tests.support.antom.calls import CALLS, PATHS, SUCCESS, body_of, outcome_of, signed_with, unknown_of
from tests.support.antom.gateway import (
    PAYMENT_REQUEST_ID,
    Gateway,
    account,
    answering,
    pay_request,
    public_text,
    result,
    signed,
)


@pytest.mark.parametrize("status", ["S", "F", "U"])
@pytest.mark.parametrize("call", CALLS)
async def test_an_unsigned_answer_is_unknown_whatever_it_says(call: str, status: str) -> None:
    body = body_of(result(status, "SIGNATURE_INVALID"))
    unknown = await unknown_of(lambda _: httpx.Response(200, content=body), call)
    assert unknown == Unknown("response without a signature", claimed_code="SIGNATURE_INVALID")


@pytest.mark.parametrize("missing", ["client-id", "response-time"])
async def test_a_signature_without_its_other_headers_is_unknown(missing: str) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        answer = signed(request.url.path, body_of(SUCCESS))
        del answer.headers[missing]
        return answer

    unknown = await unknown_of(reply)
    assert unknown == Unknown("signed response without client-id or response-time", claimed_code="SUCCESS")


async def test_a_signature_of_another_key_is_unknown() -> None:
    unknown = await unknown_of(signed_with("stranger"))
    assert unknown == Unknown("response with a wrong signature", claimed_code="SUCCESS")


async def test_our_own_key_is_not_the_gateways() -> None:
    unknown = await unknown_of(signed_with("merchant"))
    assert unknown.reason == "response with a wrong signature"


@pytest.mark.parametrize("header", ["client-id", "response-time", "signature"])
async def test_a_changed_or_doubled_header_is_unknown(header: str) -> None:
    def changed(request: httpx.Request) -> httpx.Response:
        answer = signed(request.url.path, body_of(SUCCESS))
        answer.headers[header] = answer.headers[header] + "0"
        return answer

    def doubled(request: httpx.Request) -> httpx.Response:
        answer = signed(request.url.path, body_of(SUCCESS))
        headers = [*answer.headers.raw, (header.encode(), answer.headers[header].encode())]
        return httpx.Response(200, headers=headers, content=body_of(SUCCESS))

    assert isinstance(await outcome_of(changed), Unknown)
    assert isinstance(await outcome_of(doubled), Unknown)


async def test_a_changed_body_is_unknown() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        answer = signed(request.url.path, body_of(result("F", "PROCESS_FAIL")))
        return httpx.Response(200, headers=answer.headers, content=body_of(SUCCESS))

    assert (await unknown_of(reply)).reason == "response with a wrong signature"


async def test_an_answer_signed_for_another_path_is_unknown() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        return signed(request.url.path, body_of(SUCCESS), signed_path=PATHS["cancel"])

    assert (await unknown_of(reply)).reason == "response with a wrong signature"


async def test_an_answer_for_another_client_is_unknown() -> None:
    unknown = await unknown_of(lambda request: signed(request.url.path, body_of(SUCCESS), client_id="T_2"))
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
async def test_a_signed_answer_to_another_request_is_unknown(call: str, fields: dict[str, str]) -> None:
    unknown = await unknown_of(answering(result("S", "SUCCESS", **fields)), call)
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
async def test_ids_that_agree_or_are_not_told_are_ours(call: str, fields: dict[str, object]) -> None:
    assert isinstance(await outcome_of(answering(result("S", "SUCCESS", **fields)), call), Happened)


@pytest.mark.parametrize(
    "code", ["4117347806156383", "PAN_4117347806156383", "not a code", "X" * 65, "", "A\nB", 7, None, ["A"]]
)
async def test_a_claim_that_is_no_code_is_not_repeated(code: object) -> None:
    body = body_of({"result": {"resultCode": code, "resultStatus": "F"}})
    unknown = await unknown_of(lambda _: httpx.Response(200, content=body))
    assert unknown.claimed_code in (None, "7")


@pytest.mark.parametrize("body", [b"", b"[]", b"[1]", b"1", b'"result"', b"null", b'{"result": []}', b"{}"])
async def test_an_unsigned_answer_of_any_shape_claims_nothing(body: bytes) -> None:
    unknown = await unknown_of(lambda _: httpx.Response(200, content=body))
    assert unknown == Unknown("response without a signature")


async def test_either_of_two_gateway_keys_is_enough() -> None:
    two = account(public_keys=(public_text("stranger"), public_text("gateway")))
    for key in ("gateway", "stranger"):
        gateway = Gateway(signed_with(key))
        async with AntomClient(two, transport=gateway) as client:
            assert isinstance(await client.pay(pay_request()), Happened)


@pytest.mark.parametrize(
    ("signed_path", "kind"),
    [("/ams/sandbox/api/v1/payments/pay", Happened), ("/ams/api/v1/payments/pay", Unknown)],
)
async def test_in_the_sandbox_the_sandbox_path_is_what_counts(signed_path: str, kind: type[object]) -> None:
    sandbox = "SANDBOX_5Y0000"
    answer = signed(signed_path, body_of(SUCCESS), client_id=sandbox)
    async with AntomClient(account(sandbox), transport=Gateway(lambda _: answer)) as client:
        assert isinstance(await client.pay(pay_request()), kind)
