"""Each gateway call is recorded with what was received and sent, without card data."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from holdfast.antom.endpoints import Operation, path_for
from simulator.http.server import Simulator
from tests.support.eventually import eventually
from tests.support.simulator.merchant import DECLINED, VISA, Merchant, card, pay_body

PAY = path_for(Operation.PAY, "SANDBOX_any")


async def last_call(merchant: Merchant) -> dict[str, Any]:
    """Returns the newest call with its exchange, over HTTP."""
    calls = (await merchant.http.get(f"{merchant.base_url}/calls")).json()
    detail: dict[str, Any] = (await merchant.http.get(f"{merchant.base_url}/calls/{calls[-1]['id']}")).json()
    assert {**calls[-1], "exchange": detail["exchange"]} == detail
    return detail


async def test_call_is_recorded_with_headers_bodies_and_timing(merchant: Merchant) -> None:
    answer = await merchant.send(Operation.PAY, pay_body())
    call = await last_call(merchant)
    exchange = call["exchange"]
    assert (call["status"], call["refusal"], call["durationMs"] > 0) == (200, None, True)
    assert call["receivedAt"][:19] <= call["at"][:19]
    assert (exchange["method"], exchange["path"]) == ("POST", PAY)
    assert exchange["requestBody"] == answer.request.content.decode()
    assert exchange["responseBody"] == answer.text
    assert exchange["requestHeaders"]["signature"] == answer.request.headers["signature"]
    assert exchange["responseHeaders"]["signature"] == answer.headers["signature"]


async def test_card_data_is_masked_in_a_recorded_call(merchant: Merchant) -> None:
    await merchant.pay(meta=card(DECLINED, cvv="7391", mpiData={"cavv": "AAIBBYNoEQAAAAAAg4PyBhdAEQs="}))
    recorded = json.dumps(await last_call(merchant))
    assert f"{DECLINED[:6]}******{DECLINED[-4:]}" in recorded
    for secret in (DECLINED, "7391", "AAIBBYNoEQAAAAAAg4PyBhdAEQs=", '\\"39\\"'):
        assert secret not in recorded


async def test_dropped_answer_is_recorded_as_not_sent(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("pay", "act_and_drop")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await merchant.pay()
    call = await last_call(merchant)
    assert (call["fault"], call["status"], call["resultCode"]) == ("act_and_drop", None, "SUCCESS")
    assert (call["exchange"]["responseBody"], call["exchange"]["abortedAfter"]) == (None, 0)


async def test_truncated_answer_is_recorded_as_far_as_it_was_sent(
    merchant: Merchant, simulator: Simulator
) -> None:
    simulator.inject_fault("pay", "truncated")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await merchant.pay()
    call = await last_call(merchant)
    exchange = call["exchange"]
    assert (call["fault"], call["status"]) == ("truncated", 200)
    assert exchange["responseBody"].startswith('{"result":')
    assert 0 < exchange["abortedAfter"] < len(json.dumps(await merchant.pay()))


async def test_call_in_progress_has_no_answer_yet(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("pay", "delay", seconds=3600, match="pay-1")
    paying = asyncio.create_task(merchant.pay())
    await eventually(lambda: bool(simulator.calls()))
    call = await last_call(merchant)
    assert (call["durationMs"], call["status"], call["exchange"]["responseBody"]) == (None, None, None)
    simulator.end_delays("pay-1")
    await paying
    assert (await last_call(merchant))["status"] == 200


async def test_unknown_call_is_not_found(merchant: Merchant) -> None:
    answer = await merchant.http.get(f"{merchant.base_url}/calls/call-7")
    assert (answer.status_code, answer.json()) == (404, {"error": "no call call-7"})


async def test_bodies_of_an_operation_are_those_of_accepted_calls(
    merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.cancel("other")
    await merchant.inquire("first")
    await merchant.post(path_for(Operation.INQUIRY_PAYMENT, "SANDBOX_any"), b"{}", client="other")
    await merchant.inquire("second")
    assert simulator.request_bodies("inquiryPayment") == [
        {"paymentRequestId": "first"},
        {"paymentRequestId": "second"},
    ]


async def refused(merchant: Merchant, content: bytes, **headers: str) -> dict[str, Any]:
    """Returns the record of a pay call whose headers are replaced, and which is refused."""
    sent = {**merchant.signed(PAY, content), **headers}
    await merchant.http.post(
        merchant.base_url + PAY, content=content, headers={n: v for n, v in sent.items() if v}
    )
    call = await last_call(merchant)
    assert call["resultStatus"] == "F"
    return call


async def test_refused_signature_is_logged_in_one_line_with_the_string_to_verify(
    merchant: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    content = json.dumps(pay_body(meta=card(VISA, cvv="7391"))).encode()
    call = await refused(merchant, content, signature=merchant.signed(PAY, b"{}")["signature"])
    string = call["exchange"]["stringToVerify"]
    headers = call["exchange"]["requestHeaders"]
    start = f"POST {PAY}\n{merchant.keys.client_id}.{headers['request-time']}.{{"
    assert string.startswith(start)
    [record] = [record for record in caplog.records if record.name == "simulator.recording.calls"]
    line = record.getMessage()
    assert (record.levelname, "\n" in line) == ("WARNING", False)
    assert json.dumps(string) in line
    assert call["refusal"] in line
    for secret in (VISA, "7391", merchant.keys.merchant_private_key):
        assert secret not in line


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"client-id": ""}, "the header client-id is missing"),
        ({"client-id": "SANDBOX_other"}, "the header client-id is 'SANDBOX_other', and this gateway's"),
        ({"request-time": ""}, "the header request-time is missing"),
        ({"signature": ""}, "the header signature is missing"),
        ({"signature": "abc"}, "the header signature is not algorithm=RSA256,keyVersion=1,signature="),
        ({"signature": "algorithm=HS256,signature=YQ%3D%3D"}, "the header signature has another algorithm"),
        ({"signature": "algorithm=RSA256,signature=a%252B"}, "the signature is not standard base64"),
        (
            {"signature": "algorithm=RSA256,signature=YQ%3D%3D"},
            "the signature has 1 bytes; one by an RSA key",
        ),
        ({"request-time": "1"}, "the signature is not that of the string to verify by any public key"),
    ],
)
async def test_reason_of_a_refusal_names_the_mistake(
    merchant: Merchant, headers: dict[str, str], reason: str
) -> None:
    assert (await refused(merchant, b"{}", **headers))["refusal"].startswith(reason)


@pytest.mark.parametrize(
    ("path", "signed", "sent", "reason"),
    [
        (
            "/ams/api/v1/payments/pay",
            b"{}",
            b"{}",
            "its path is /ams/api/v1/payments/pay, and the called one is",
        ),
        ("URL", b"{}", b"{}", "its path is the whole URL"),
        (PAY, b"", b"{}", "it has no body"),
        (PAY, b"{}\n", b"{}", "it has a line feed after the body"),
        (PAY, b"{}", b"{} ", "its body has no white space around it"),
        (PAY, b'{"a": 1}', b'{"a":1}', "its body is the same JSON in other bytes"),
    ],
)
async def test_signature_of_a_frequent_mistake_is_recognised(
    merchant: Merchant, path: str, signed: bytes, sent: bytes, reason: str
) -> None:
    path = merchant.base_url + PAY if path == "URL" else path
    call = await refused(merchant, sent, **merchant.signed(path, signed))
    assert call["refusal"].startswith(f"the signature is that of another string: {reason}")


async def test_signature_by_the_key_of_the_gateway_is_recognised(merchant: Merchant) -> None:
    swapped = Merchant(merchant.base_url, merchant.keys, merchant.http)
    swapped.keys = type(merchant.keys)(
        merchant.keys.client_id,
        merchant.keys.gateway_private_key,
        merchant.keys.gateway_public_key,
        merchant.keys.merchant_private_key,
        merchant.keys.merchant_public_key,
    )
    call = await refused(swapped, b"{}")
    assert call["refusal"] == "the signature is made with the gateway's private key; sign with the merchant's"
