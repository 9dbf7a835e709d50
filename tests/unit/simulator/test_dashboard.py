"""Operations of the dashboard: money moves, the ledger records it, and no notification is sent."""

import pytest

from simulator.actors.dashboard import DashboardError
from simulator.http.server import Simulator
from simulator.not_found import NotFound
from tests.support.simulator.merchant import DECLINED, Inbox, Merchant, card


async def test_hold_of_a_declined_payment_is_recorded_without_a_notification(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    await merchant.pay(meta=card(DECLINED))
    after = simulator.operate_dashboard("pay-1", "hold")
    assert (after["status"], after["heldAmount"]) == ("SUCCESS", 30000)
    assert (await merchant.inquire())["paymentStatus"] == "SUCCESS"
    assert simulator.ledger()["orders"]["order-1"]["liveAuthorizations"] == 1
    assert simulator.notifications() == []


async def test_void_releases_the_hold(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    after = simulator.operate_dashboard("pay-1", "void")
    assert (after["status"], after["heldAmount"], after["voided"]) == ("CANCELLED", 0, True)


async def test_capture_of_a_part_has_an_id_of_the_dashboard(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    simulator.operate_dashboard("pay-1", "capture", value=10000)
    simulator.operate_dashboard("pay-1", "capture", captureRequestId="by-hand")
    first, rest = (await merchant.inquire())["transactions"]
    assert first["transactionRequestId"].startswith("DASHBOARD")
    assert (first["transactionAmount"]["value"], rest["transactionAmount"]["value"]) == ("10000", "20000")
    assert rest["transactionRequestId"] == "by-hand"
    assert simulator.ledger()["payments"]["pay-1"]["heldAmount"] == 0


async def test_take_back_reverses_the_capture(merchant: Merchant, simulator: Simulator) -> None:
    paid = await merchant.pay()
    await merchant.capture(paid["paymentId"])
    after = simulator.operate_dashboard("pay-1", "take_back")
    assert (after["capturedAmount"], after["heldAmount"]) == (0, 30000)
    (entry,) = (await merchant.inquire())["transactions"]
    assert entry["transactionStatus"] == "FAIL"


async def test_take_back_with_a_code_fails_the_capture_with_it(
    merchant: Merchant, simulator: Simulator
) -> None:
    paid = await merchant.pay()
    await merchant.capture(paid["paymentId"])
    simulator.operate_dashboard("pay-1", "take_back", code="AUTH_EXPIRED")
    (entry,) = (await merchant.inquire())["transactions"]
    assert entry["transactionResult"]["resultCode"] == "AUTH_EXPIRED"


async def test_amount_changes_the_amount_of_the_payment(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    simulator.operate_dashboard("pay-1", "amount", value=29999)
    assert (await merchant.inquire())["paymentAmount"] == {"currency": "EUR", "value": "29999"}


async def test_operation_over_http_has_the_same_effect(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    answer = await merchant.http.post(f"{merchant.base_url}/dashboard/pay-1", json={"operation": "capture"})
    assert answer.json() == simulator.ledger()["payments"]["pay-1"]
    assert answer.json()["capturedAmount"] == 30000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "a JSON object"),
        ({"operation": "steal"}, "operation: must be 'hold', 'void'"),
        ({"operation": "hold", "amount": 1}, "amount: is not a known field"),
        ({"operation": "amount", "value": -1}, "value: must be at least 0"),
        ({"operation": "amount", "value": True}, "value: must be a whole number"),
        ({"operation": "amount"}, "value: minor units"),
        ({"operation": "capture", "captureRequestId": 7}, "captureRequestId: must be a string"),
        ({"operation": "capture", "value": 30001}, "value: at most the held amount"),
        ({"operation": "take_back"}, "no capture has succeeded"),
    ],
)
async def test_invalid_operation_is_refused_in_one_line(
    merchant: Merchant, simulator: Simulator, data: object, message: str
) -> None:
    await merchant.pay()
    with pytest.raises(DashboardError, match=message):
        simulator.operate_dashboard_from_json("pay-1", data)
    answer = await merchant.http.post(f"{merchant.base_url}/dashboard/pay-1", json=data)
    assert answer.status_code == 400


async def test_operation_on_an_unknown_payment_is_not_found(merchant: Merchant, simulator: Simulator) -> None:
    with pytest.raises(NotFound):
        simulator.operate_dashboard("pay-1", "hold")
    answer = await merchant.http.post(f"{merchant.base_url}/dashboard/pay-1", json={"operation": "hold"})
    assert answer.status_code == 404
