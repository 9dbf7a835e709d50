"""Deeds behind the merchant's back: money moves, the ledger tells, nobody is notified."""

import pytest

from simulator.dashboard import DeedError
from simulator.http.server import Simulator
from simulator.simulation import UnknownPayment
from tests.support.simulator.merchant import DECLINED, Inbox, Merchant, card


async def test_a_dead_payment_holds_money_and_nobody_is_told(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    await merchant.pay(meta=card(DECLINED))
    after = simulator.plant("pay-1", "hold")
    assert (after["status"], after["heldAmount"]) == ("SUCCESS", 30000)
    assert (await merchant.inquire())["paymentStatus"] == "SUCCESS"
    assert simulator.ledger()["orders"]["order-1"]["liveAuthorizations"] == 1
    assert simulator.notifications() == []


async def test_a_hold_is_voided_in_the_dashboard(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    after = simulator.plant("pay-1", "void")
    assert (after["status"], after["heldAmount"], after["voided"]) == ("CANCELLED", 0, True)


async def test_a_part_is_captured_under_an_id_of_the_dashboards(
    merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.pay()
    simulator.plant("pay-1", "capture", value=10000)
    simulator.plant("pay-1", "capture", captureRequestId="by-hand")
    first, rest = (await merchant.inquire())["transactions"]
    assert first["transactionRequestId"].startswith("DASHBOARD")
    assert (first["transactionAmount"]["value"], rest["transactionAmount"]["value"]) == ("10000", "20000")
    assert rest["transactionRequestId"] == "by-hand"
    assert simulator.ledger()["payments"]["pay-1"]["heldAmount"] == 0


async def test_a_capture_is_taken_back(merchant: Merchant, simulator: Simulator) -> None:
    paid = await merchant.pay()
    await merchant.capture(paid["paymentId"])
    after = simulator.plant("pay-1", "take_back")
    assert (after["capturedAmount"], after["heldAmount"]) == (0, 30000)
    (entry,) = (await merchant.inquire())["transactions"]
    assert entry["transactionStatus"] == "FAIL"


async def test_a_capture_is_taken_back_with_a_code(merchant: Merchant, simulator: Simulator) -> None:
    paid = await merchant.pay()
    await merchant.capture(paid["paymentId"])
    simulator.plant("pay-1", "take_back", code="AUTH_EXPIRED")
    (entry,) = (await merchant.inquire())["transactions"]
    assert entry["transactionResult"]["resultCode"] == "AUTH_EXPIRED"


async def test_an_amount_is_another_one(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    simulator.plant("pay-1", "amount", value=29999)
    assert (await merchant.inquire())["paymentAmount"] == {"currency": "EUR", "value": "29999"}


async def test_it_is_ordered_over_http_as_well(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    answer = await merchant.http.post(f"{merchant.base_url}/plant/pay-1", json={"deed": "capture"})
    assert answer.json() == simulator.ledger()["payments"]["pay-1"]
    assert answer.json()["capturedAmount"] == 30000


@pytest.mark.parametrize(
    ("order", "wrong"),
    [
        ([], "a JSON object"),
        ({"deed": "steal"}, "deed: one of hold"),
        ({"deed": "hold", "amount": 1}, "unknown field amount"),
        ({"deed": "amount", "value": -1}, "value: minor units"),
        ({"deed": "amount", "value": True}, "value: minor units"),
        ({"deed": "amount"}, "value: minor units"),
        ({"deed": "capture", "captureRequestId": 7}, "captureRequestId: a string"),
        ({"deed": "capture", "value": 30001}, "value: at most what is held"),
        ({"deed": "take_back"}, "nothing was captured"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_one_line(
    merchant: Merchant, simulator: Simulator, order: object, wrong: str
) -> None:
    await merchant.pay()
    with pytest.raises(DeedError, match=wrong):
        simulator.take_deed("pay-1", order)
    answer = await merchant.http.post(f"{merchant.base_url}/plant/pay-1", json=order)
    assert answer.status_code == 400


async def test_there_must_be_a_payment(merchant: Merchant, simulator: Simulator) -> None:
    with pytest.raises(UnknownPayment):
        simulator.plant("pay-1", "hold")
    answer = await merchant.http.post(f"{merchant.base_url}/plant/pay-1", json={"deed": "hold"})
    assert answer.status_code == 404
