"""Authorization, capture, void and expiry, as the ledger records them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from simulator.http.server import Simulator, running
from simulator.keys import Keys
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Merchant, card, code

DAY = 24 * 3600


async def test_ledger_counts_live_authorizations_of_an_order(
    merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.pay("pay-1")
    await merchant.pay("pay-2")
    await merchant.cancel("pay-1")
    order = simulator.ledger()["orders"]["order-1"]
    assert order["liveAuthorizations"] == 1
    assert order["maxLiveAuthorizations"] == 2
    assert order["capturedAmount"] == 0


async def test_manual_payment_is_held_until_captured(merchant: Merchant, simulator: Simulator) -> None:
    paid = await merchant.pay()
    assert simulator.ledger()["payments"]["pay-1"]["heldAmount"] == 30000
    captured = await merchant.capture(paid["paymentId"])
    assert captured["captureAmount"] == {"currency": "EUR", "value": "30000"}
    assert {"captureId", "captureRequestId", "paymentId", "captureTime"} <= captured.keys()
    ledger = simulator.ledger()
    payment, order = ledger["payments"]["pay-1"], ledger["orders"]["order-1"]
    assert (payment["heldAmount"], payment["capturedAmount"], order["capturedAmount"]) == (0, 30000, 30000)
    assert payment["captures"] == order["captures"]
    assert (order["liveAuthorizations"], order["maxLiveAuthorizations"]) == (1, 1)


async def test_automatic_payment_is_captured_by_the_gateway(merchant: Merchant, simulator: Simulator) -> None:
    paid = await merchant.pay(mode="AUTOMATIC")
    await eventually(lambda: simulator.ledger()["payments"]["pay-1"]["capturedAmount"] == 30000)
    assert code(await merchant.capture(paid["paymentId"])) == "F MULTI_CAPTURE_NOT_SUPPORTED"


async def test_failed_automatic_capture_leaves_the_authorization(
    merchant: Merchant, simulator: Simulator
) -> None:
    simulator.inject_fault("automaticCapture", "code_f", code="RISK_REJECT")
    await merchant.pay(mode="AUTOMATIC")
    await eventually(lambda: simulator.ledger()["events"][-1]["kind"] == "CAPTURE_FAILED")
    inquired = await merchant.inquire()
    assert inquired["paymentStatus"] == "SUCCESS"
    assert inquired["transactions"][0]["transactionResult"]["resultCode"] == "RISK_REJECT"


async def test_captures_stay_within_the_authorization(merchant: Merchant, simulator: Simulator) -> None:
    paid = (await merchant.pay())["paymentId"]
    assert code(await merchant.capture(paid, "c0", value="30001")) == "F CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT"
    assert code(await merchant.capture(paid, "c1", value="10000", isLastCapture=False)) == "S SUCCESS"
    assert code(await merchant.capture(paid, "c2", value="20001")) == "F CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT"
    assert code(await merchant.capture(paid, "c3", currency="USD")) == "F CURRENCY_NOT_SUPPORT"
    assert code(await merchant.capture(paid, "c4", value="5000")) == "S SUCCESS"
    assert code(await merchant.capture(paid, "c5", value="1")) == "F MULTI_CAPTURE_NOT_SUPPORTED"
    payment = simulator.ledger()["payments"]["pay-1"]
    assert (payment["heldAmount"], payment["capturedAmount"]) == (0, 15000)


async def test_unknown_payment_cannot_be_captured(merchant: Merchant) -> None:
    assert code(await merchant.capture("unknown")) == "F AUTH_NOT_FOUND"


async def test_void_releases_the_money(merchant: Merchant, simulator: Simulator) -> None:
    paid = await merchant.pay()
    answer = await merchant.cancel()
    assert datetime.fromisoformat(answer["cancelTime"]).tzinfo is not None
    payment = simulator.ledger()["payments"]["pay-1"]
    assert (payment["status"], payment["heldAmount"], payment["voided"]) == ("CANCELLED", 0, True)
    assert code(await merchant.capture(paid["paymentId"])) == "F AUTH_CANCELLED"


async def test_a_captured_payment_cannot_be_cancelled(merchant: Merchant) -> None:
    paid = await merchant.pay()
    await merchant.capture(paid["paymentId"])
    assert code(await merchant.cancel()) == "F PROCESS_FAIL"


async def test_cancelling_a_failed_payment_succeeds_and_it_stays_failed(
    merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.pay(amount="11")
    assert code(await merchant.cancel()) == "S SUCCESS"
    assert (await merchant.inquire())["paymentStatus"] == "FAIL"


async def test_success_after_a_cancel_is_refunded_at_once(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay(meta={})
    await merchant.cancel()
    for _ in range(2):
        assert (await simulator.buyer_acts("pay-1", "pay"))["inTime"] is False
    kinds = [event["kind"] for event in simulator.ledger()["events"]]
    assert kinds == ["CREATED", "CANCELLED", "LATE_SUCCESS_REFUNDED"]
    assert simulator.ledger()["orders"]["order-1"]["liveAuthorizations"] == 0
    assert (await merchant.inquire())["paymentStatus"] == "CANCELLED"


async def test_authorization_expires_after_seven_days(merchant: Merchant, simulator: Simulator) -> None:
    paid = await merchant.pay()
    lifetime = datetime.fromisoformat(paid["authExpiryTime"]) - datetime.fromisoformat(paid["paymentTime"])
    assert lifetime == timedelta(days=7)
    simulator.advance(7 * DAY + 1)
    assert code(await merchant.capture(paid["paymentId"])) == "F AUTH_EXPIRED"
    payment = simulator.ledger()["payments"]["pay-1"]
    assert (payment["status"], payment["expired"], payment["heldAmount"]) == ("CANCELLED", True, 0)


async def test_cancel_is_refused_seven_days_after_the_payment(keys: Keys, merchant: Merchant) -> None:
    long_holds = Simulator(keys, authorization=timedelta(days=30))
    async with running(long_holds) as base_url:
        shop = Merchant(base_url, keys, merchant.http)
        await shop.pay()
        long_holds.advance(7 * DAY + 1)
        assert code(await shop.cancel()) == "F CANCEL_WINDOW_EXCEED"
        assert long_holds.ledger()["payments"]["pay-1"]["heldAmount"] == 30000


async def test_undecided_payment_closes_after_14_minutes(keys: Keys, merchant: Merchant) -> None:
    unscaled = Simulator(keys)
    async with running(unscaled) as base_url:
        shop = Merchant(base_url, keys, merchant.http)
        await shop.pay(meta={})
        unscaled.advance(14 * 60 - 30)
        assert (await shop.inquire())["paymentStatus"] == "PROCESSING"
        unscaled.advance(60)
        await eventually(lambda: unscaled.ledger()["payments"]["pay-1"]["status"] == "FAIL")
        assert code(await shop.pay(meta={})) == "F ORDER_IS_CLOSED"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"amount": "0"}, "F PARAM_ILLEGAL"),
        ({"amount": "-1"}, "F PARAM_ILLEGAL"),
        ({"amount": "1.5"}, "F PARAM_ILLEGAL"),
        ({"amount": "1" * 17}, "F PARAM_ILLEGAL"),
        ({"amount": "12345", "currency": "IDR"}, "F PARAM_ILLEGAL"),
        ({"currency": "KWD"}, "F CURRENCY_NOT_SUPPORT"),
        ({"mode": "SOMETIMES"}, "F PARAM_ILLEGAL"),
        ({"meta": card(requireIssuerAuthentication=True)}, "F PARAM_ILLEGAL"),
        ({"order": "o" * 65}, "F PARAM_ILLEGAL"),
    ],
)
async def test_invalid_pay_request_creates_no_payment(
    merchant: Merchant, simulator: Simulator, fields: dict[str, Any], expected: str
) -> None:
    assert code(await merchant.pay(**fields)) == expected
    assert simulator.ledger()["payments"] == {}
