"""Antom: idempotency. A repeated request id has one effect."""

import asyncio

import pytest

from holdfast.antom.endpoints import Operation
from simulator.http.server import Simulator
from tests.support.simulator.merchant import DECLINED, Merchant, card, code, pay_body


async def test_repeated_pay_has_the_same_answer_and_authorizes_once(
    merchant: Merchant, simulator: Simulator
) -> None:
    answers = await asyncio.gather(*(merchant.pay() for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert code(answers[0]) == "S SUCCESS"
    assert [event["kind"] for event in simulator.ledger()["events"]] == ["CREATED", "AUTHORIZED"]
    assert simulator.ledger()["payments"]["pay-1"]["payCalls"] == 5


async def test_repeated_declined_pay_stays_declined(merchant: Merchant, simulator: Simulator) -> None:
    first = await merchant.pay(meta=card(DECLINED))
    assert code(first) == "F DO_NOT_HONOR"
    assert await merchant.pay(meta=card()) == first
    assert simulator.ledger()["orders"]["order-1"]["liveAuthorizations"] == 0


async def test_repeat_while_the_buyer_pays_has_the_same_page(merchant: Merchant) -> None:
    first = await merchant.pay(meta={})
    assert code(first) == "U PAYMENT_IN_PROCESS"
    assert await merchant.pay(meta={}) == first


async def test_repeat_after_the_buyer_paid_is_answered_in_process(
    merchant: Merchant, simulator: Simulator
) -> None:
    first = await merchant.pay(meta={})
    await simulator.buyer_acts("pay-1", "pay")
    assert await merchant.pay(meta={}) == first
    assert (await merchant.inquire())["paymentStatus"] == "SUCCESS"


@pytest.mark.parametrize("changed", [{"amount": "30001"}, {"currency": "USD"}])
async def test_repeat_with_another_amount_is_refused_and_the_first_is_unchanged(
    merchant: Merchant, simulator: Simulator, changed: dict[str, str]
) -> None:
    await merchant.pay()
    assert code(await merchant.pay(**changed)) == "F REPEAT_REQ_INCONSISTENT"
    assert simulator.ledger()["payments"]["pay-1"]["heldAmount"] == 30000


async def test_repeat_with_another_card_token_is_refused(merchant: Merchant) -> None:
    body = pay_body()
    body["paymentMethod"]["paymentMethodId"] = "ALIPAY_TOKEN_one"
    assert code(await merchant.ask(Operation.PAY, body)) == "S SUCCESS"
    body["paymentMethod"]["paymentMethodId"] = "ALIPAY_TOKEN_two"
    assert code(await merchant.ask(Operation.PAY, body)) == "F REPEAT_REQ_INCONSISTENT"


async def test_repeat_of_a_cancelled_payment_is_refused(merchant: Merchant) -> None:
    await merchant.pay(meta={})
    await merchant.cancel()
    assert code(await merchant.pay(meta={})) == "F ORDER_IS_CANCELED"


async def test_repeat_of_a_closed_payment_is_refused(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay(meta={})
    await simulator.buyer_acts("pay-1", "fail")
    assert code(await merchant.pay(meta={})) == "F ORDER_IS_CLOSED"


async def test_repeated_capture_captures_once(merchant: Merchant, simulator: Simulator) -> None:
    paid = await merchant.pay()
    answers = await asyncio.gather(*(merchant.capture(paid["paymentId"]) for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert code(answers[0]) == "S SUCCESS"
    payment = simulator.ledger()["payments"]["pay-1"]
    assert payment["capturedAmount"] == 30000
    assert payment["captureCalls"] == 5


async def test_repeated_capture_of_another_amount_is_refused(merchant: Merchant) -> None:
    paid = await merchant.pay()
    await merchant.capture(paid["paymentId"])
    assert code(await merchant.capture(paid["paymentId"], value="1")) == "F REPEAT_REQ_INCONSISTENT"


async def test_refused_capture_stays_refused_under_its_id(merchant: Merchant, simulator: Simulator) -> None:
    paid = await merchant.pay(meta={})
    first = await merchant.capture(paid["paymentId"])
    assert code(first) == "F AUTH_NOT_FOUND"
    await simulator.buyer_acts("pay-1", "pay")
    assert await merchant.capture(paid["paymentId"]) == first
    assert code(await merchant.capture(paid["paymentId"], "capture-2")) == "S SUCCESS"


async def test_repeated_cancel_changes_nothing(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    first = await merchant.cancel()
    assert code(first) == "S SUCCESS"
    assert await merchant.cancel() == first
    assert [event["kind"] for event in simulator.ledger()["events"]].count("VOIDED") == 1
