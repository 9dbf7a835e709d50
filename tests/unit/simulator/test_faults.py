"""Each fault of a call: what the caller receives, and whether the call was processed."""

import asyncio
import json
import time

import httpx
import pytest

from holdfast.antom.endpoints import Operation, path_for
from simulator.card_data_leak import CARD
from simulator.faults import FaultError
from simulator.http.server import Simulator
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Merchant, card, code, pay_body

ABORTED = (httpx.RemoteProtocolError, httpx.ReadError)


async def pay_raw(merchant: Merchant, request_id: str = "pay-1") -> httpx.Response:
    """Returns the raw answer to a pay call."""
    return await merchant.send(Operation.PAY, pay_body(request_id, meta=card()))


def held(simulator: Simulator) -> object:
    """Returns the minor units held for pay-1, 0 where there is no such payment."""
    return simulator.ledger()["payments"].get("pay-1", {}).get("heldAmount", 0)


@pytest.mark.parametrize(
    ("fault", "amount"), [("drop_before", 0), ("act_and_drop", 30000), ("truncated", 30000)]
)
async def test_aborted_connection_has_the_effect_of_its_fault(
    merchant: Merchant, simulator: Simulator, fault: str, amount: int
) -> None:
    simulator.inject_fault("pay", fault)
    with pytest.raises(ABORTED):
        await pay_raw(merchant)
    assert held(simulator) == amount
    assert code(await merchant.pay()) == "S SUCCESS"
    assert held(simulator) == 30000
    assert [call["fault"] for call in simulator.calls()] == [fault, None]


async def received_part(answer: httpx.Response) -> bytes:
    """Returns what arrives before the connection is aborted. Raises AssertionError where it is not."""
    part = b""
    try:
        async for chunk in answer.aiter_raw():
            part += chunk
    except ABORTED:
        return part
    raise AssertionError("the answer is complete")


async def test_truncated_answer_is_the_beginning_of_the_complete_one(
    merchant: Merchant, simulator: Simulator
) -> None:
    whole = await pay_raw(merchant)
    simulator.inject_fault("pay", "truncated")
    request = merchant.http.build_request("POST", whole.request.url, content=whole.request.content)
    request.headers.update(merchant.signed(whole.request.url.path, whole.request.content))
    answer = await merchant.http.send(request, stream=True)
    assert answer.headers["content-length"] == str(len(whole.content))
    part = await received_part(answer)
    assert whole.content.startswith(part)
    assert 0 < len(part) < len(whole.content)


@pytest.mark.parametrize(("fault", "amount"), [("http_500", 0), ("act_and_500", 30000)])
async def test_internal_error_has_the_effect_of_its_fault(
    merchant: Merchant, simulator: Simulator, fault: str, amount: int
) -> None:
    simulator.inject_fault("pay", fault)
    answer = await pay_raw(merchant)
    assert answer.status_code == 500
    assert not merchant.trusts(answer)
    assert held(simulator) == amount


async def test_garbage_is_not_json(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("pay", "garbage")
    answer = await pay_raw(merchant)
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert held(simulator) == 30000


@pytest.mark.parametrize("fault", ["unsigned", "bad_signature"])
async def test_answer_without_a_valid_signature_has_the_effect(
    merchant: Merchant, simulator: Simulator, fault: str
) -> None:
    simulator.inject_fault("pay", fault)
    answer = await pay_raw(merchant)
    assert code(answer.json()) == "S SUCCESS"
    assert ("signature" in answer.headers) == (fault == "bad_signature")
    assert not merchant.trusts(answer)


@pytest.mark.parametrize("fault", ["delay", "act_and_delay"])
async def test_delay_that_is_ended_answers_at_once(
    merchant: Merchant, simulator: Simulator, fault: str
) -> None:
    simulator.inject_fault("pay", fault, seconds=3600, match="pay-1")
    paying = asyncio.create_task(pay_raw(merchant))
    await eventually(lambda: bool(simulator.calls()))
    simulator.end_delays("pay-2")
    assert not paying.done()
    simulator.end_delays("pay-1")
    assert (await paying).json()["result"]["resultCode"] == "SUCCESS"


@pytest.mark.parametrize("fault", ["delay", "act_and_delay"])
async def test_delayed_answer_arrives_after_its_seconds(
    merchant: Merchant, simulator: Simulator, fault: str
) -> None:
    simulator.inject_fault("pay", fault, seconds=0.2)
    started = time.monotonic()
    assert code(await merchant.pay()) == "S SUCCESS"
    assert time.monotonic() - started >= 0.2


async def test_only_act_and_delay_is_processed_before_the_wait(
    merchant: Merchant, simulator: Simulator
) -> None:
    simulator.inject_fault("pay", "act_and_delay", seconds=3600)
    with pytest.raises(httpx.ReadTimeout):
        await pay_with_a_short_timeout(merchant)
    await eventually(lambda: held(simulator) == 30000)
    await simulator.reset()
    simulator.inject_fault("pay", "delay", seconds=3600)
    with pytest.raises(httpx.ReadTimeout):
        await pay_with_a_short_timeout(merchant)
    assert held(simulator) == 0
    simulator.advance(3601)
    await eventually(lambda: held(simulator) == 30000)


async def pay_with_a_short_timeout(merchant: Merchant) -> None:
    """Pays with a timeout of 0.3 seconds."""
    path = path_for(Operation.PAY, merchant.keys.client_id)
    content = json.dumps(pay_body(meta=card())).encode()
    headers = merchant.signed(path, content)
    await merchant.http.post(merchant.base_url + path, content=content, headers=headers, timeout=0.3)


@pytest.mark.parametrize(
    ("fault", "injected", "answered", "amount"),
    [
        ("code_u", "", "U UNKNOWN_EXCEPTION", 0),
        ("code_u", "REQUEST_TRAFFIC_EXCEED_LIMIT", "U REQUEST_TRAFFIC_EXCEED_LIMIT", 0),
        ("act_and_code_u", "", "U UNKNOWN_EXCEPTION", 30000),
        ("act_and_code_f", "", "F PROCESS_FAIL", 30000),
        ("act_and_code_f", "DO_NOT_HONOR", "F DO_NOT_HONOR", 30000),
        ("code_f", "", "F PROCESS_FAIL", 0),
        ("code_f", "USER_BALANCE_NOT_ENOUGH", "F USER_BALANCE_NOT_ENOUGH", 0),
        ("code_f", "ACCESS_DENIED", "F ACCESS_DENIED", 0),
    ],
)
async def test_injected_code_is_answered(
    merchant: Merchant, simulator: Simulator, fault: str, injected: str, answered: str, amount: int
) -> None:
    simulator.inject_fault("pay", fault, code=injected)
    assert code(await merchant.pay()) == answered
    assert held(simulator) == amount


async def test_payment_that_an_injected_code_failed_stays_failed(
    merchant: Merchant, simulator: Simulator
) -> None:
    simulator.inject_fault("pay", "code_f", code="USER_BALANCE_NOT_ENOUGH")
    first = await merchant.pay()
    assert await merchant.pay() == first
    inquired = await merchant.inquire()
    assert (inquired["paymentStatus"], inquired["paymentResultCode"]) == ("FAIL", "USER_BALANCE_NOT_ENOUGH")


async def test_rejection_of_the_request_itself_stores_no_payment(
    merchant: Merchant, simulator: Simulator
) -> None:
    simulator.inject_fault("pay", "code_f", code="KEY_NOT_FOUND")
    assert code(await merchant.pay()) == "F KEY_NOT_FOUND"
    assert code(await merchant.inquire()) == "F ORDER_NOT_EXIST"
    assert code(await merchant.pay()) == "S SUCCESS"


async def test_capture_that_an_injected_code_failed_stays_failed(
    merchant: Merchant, simulator: Simulator
) -> None:
    paid = (await merchant.pay())["paymentId"]
    simulator.inject_fault("capture", "code_f", code="RISK_REJECT")
    first = await merchant.capture(paid)
    assert code(first) == "F RISK_REJECT"
    assert await merchant.capture(paid) == first
    assert code(await merchant.capture(paid, "capture-2")) == "S SUCCESS"


@pytest.mark.parametrize("ended", ["AUTH_EXPIRED", "AUTH_CANCELLED", "ORDER_IS_CANCELED"])
async def test_capture_that_fails_because_the_authorization_has_ended_ends_it(
    merchant: Merchant, simulator: Simulator, ended: str
) -> None:
    paid = (await merchant.pay())["paymentId"]
    simulator.inject_fault("capture", "code_f", code=ended)
    assert code(await merchant.capture(paid)) == f"F {ended}"
    assert held(simulator) == 0
    assert (await merchant.inquire())["paymentStatus"] == "CANCELLED"


async def test_indiscreet_answer_adds_card_data_and_changes_nothing_else(
    merchant: Merchant, simulator: Simulator
) -> None:
    simulator.inject_fault("pay", "indiscreet")
    simulator.inject_fault("inquiryPayment", "indiscreet")
    leaking = await merchant.ask(Operation.PAY, pay_body(meta=card(is3DSAuthentication=True)))
    inquired = await merchant.ask(Operation.INQUIRY_PAYMENT, {"paymentRequestId": "pay-1"})
    again = await merchant.pay(meta=card(is3DSAuthentication=True))
    assert CARD.items() <= leaking.items()
    assert CARD.items() <= leaking["redirectActionForm"].items()
    assert CARD.items() <= inquired.items()
    assert {**again, **CARD, "redirectActionForm": {**again["redirectActionForm"], **CARD}} == leaking


@pytest.mark.parametrize("call", ["capture", "cancel", "any", "inquireNotificationList"])
def test_indiscreet_is_refused_for_answers_without_card_fields(simulator: Simulator, call: str) -> None:
    with pytest.raises(FaultError, match="fault: on"):
        simulator.inject_fault(call, "indiscreet")


async def test_wrong_amount_is_signed(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("pay", "wrong_amount")
    assert (await merchant.pay())["paymentAmount"]["value"] == "30001"
    assert (await merchant.inquire())["paymentAmount"]["value"] == "30000"


@pytest.mark.parametrize(("injected", "status"), [("", "SUCCESS"), ("PROCESS_FAIL", "FAIL")])
async def test_capture_in_process_is_decided_later(
    merchant: Merchant, simulator: Simulator, injected: str, status: str
) -> None:
    paid = (await merchant.pay())["paymentId"]
    simulator.inject_fault("capture", "in_process", seconds=60, code=injected)
    assert code(await merchant.capture(paid)) == "U CAPTURE_IN_PROCESS"
    assert code(await merchant.capture(paid)) == "U CAPTURE_IN_PROCESS"
    assert (await merchant.inquire())["transactions"][0]["transactionStatus"] == "PROCESSING"
    assert code(await merchant.cancel()) == "F ORDER_STATUS_INVALID"
    simulator.advance(61)
    await eventually(lambda: simulator.ledger()["events"][-1]["kind"] != "AUTHORIZED")
    assert (await merchant.inquire())["transactions"][0]["transactionStatus"] == status


async def test_taken_back_capture_is_reversed(merchant: Merchant, simulator: Simulator) -> None:
    paid = (await merchant.pay())["paymentId"]
    simulator.inject_fault("capture", "taken_back", seconds=60)
    assert code(await merchant.capture(paid)) == "S SUCCESS"
    simulator.advance(61)
    await eventually(lambda: simulator.ledger()["payments"]["pay-1"]["capturedAmount"] == 0)
    assert (await merchant.inquire())["transactions"][0]["transactionStatus"] == "FAIL"


async def test_fault_is_injected_as_often_as_requested(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("pay", "http_500", times=2)
    statuses = [(await pay_raw(merchant)).status_code for _ in range(3)]
    assert statuses == [500, 500, 200]
    simulator.inject_fault("any", "http_500", times=-1)
    assert [(await pay_raw(merchant)).status_code for _ in range(3)] == [500] * 3
    simulator.clear_faults()
    assert (await pay_raw(merchant)).status_code == 200


async def test_fault_skips_the_requested_number_of_calls(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("pay", "code_u", skip=2, match="pay-1")
    simulator.inject_fault("pay", "code_u", code="FIRST", match="pay-1")
    answers = [code(await merchant.pay()) for _ in range(4)]
    assert answers == ["U FIRST", "S SUCCESS", "U UNKNOWN_EXCEPTION", "S SUCCESS"]


async def test_faults_of_one_match_are_removed_alone(merchant: Merchant, simulator: Simulator) -> None:
    for match in ("pay-1", "pay-2"):
        simulator.inject_fault("pay", "code_u", times=-1, match=match)
    simulator.clear_faults("pay-1")
    assert code(await merchant.pay("pay-1")) == "S SUCCESS"
    assert code(await merchant.pay("pay-2")) == "U UNKNOWN_EXCEPTION"


@pytest.mark.parametrize("match", ["pay-7", "order-7", "order"])
async def test_fault_is_injected_into_matching_calls_only(
    merchant: Merchant, simulator: Simulator, match: str
) -> None:
    simulator.inject_fault("pay", "code_u", match=match)
    assert code(await merchant.pay("pay-1", order="another")) == "S SUCCESS"
    assert code(await merchant.pay("pay-7", order="order-7")) == "U UNKNOWN_EXCEPTION"


async def test_fault_of_a_capture_matches_the_ids_of_its_payment_too(
    merchant: Merchant, simulator: Simulator
) -> None:
    paid = (await merchant.pay())["paymentId"]
    for match in ("order-1", "pay-1", "capture-1"):
        simulator.inject_fault("capture", "code_u", match=match)
    answers = [code(await merchant.capture(paid)) for _ in range(4)]
    assert answers == ["U UNKNOWN_EXCEPTION"] * 3 + ["S SUCCESS"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "JSON object"),
        ({}, "on"),
        ({"on": "refund", "fault": "http_500"}, "on: must be 'pay', 'inquiryPayment'"),
        ({"on": ["pay"], "fault": "http_500"}, "on: must be 'pay'"),
        ({"on": "pay", "fault": "explode"}, "fault: on pay one of"),
        ({"on": "pay", "fault": "in_process"}, "fault: on pay one of"),
        ({"on": "notification", "fault": "http_500"}, "fault: on notification one of"),
        ({"on": "pay", "fault": "delay", "seconds": -1}, "seconds"),
        ({"on": "pay", "fault": "delay", "seconds": "3"}, "seconds"),
        ({"on": "pay", "fault": "delay", "times": 0}, "times"),
        ({"on": "pay", "fault": "delay", "times": True}, "times"),
        ({"on": "pay", "fault": "delay", "skip": -1}, "skip"),
        ({"on": "pay", "fault": "delay", "skip": True}, "skip"),
        ({"on": "pay", "fault": "delay", "match": 3}, "match"),
        ({"on": "pay", "fault": "delay", "macth": "x"}, "macth: is not a known field"),
    ],
)
async def test_invalid_fault_is_refused_with_a_message(
    merchant: Merchant, data: object, message: str
) -> None:
    answer = await merchant.http.post(f"{merchant.base_url}/faults", json=data)
    assert answer.status_code == 400
    assert message in answer.json()["error"]
    assert (await merchant.http.get(f"{merchant.base_url}/faults")).json() == []
