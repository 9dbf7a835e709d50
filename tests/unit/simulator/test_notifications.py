"""What the merchant is told: signed, in order, again until acknowledged, and spoiled to order."""

import asyncio
import re
import time
from collections import Counter
from functools import partial

import httpx
import pytest

from simulator.http.server import Simulator
from tests.support.eventually import eventually
from tests.support.simulator.merchant import DECLINED, Inbox, Merchant, card, code


async def test_an_authorization_is_notified_under_a_signature(merchant: Merchant, inbox: Inbox) -> None:
    paid = await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    (notice,) = inbox.trusted
    assert notice["notifyType"] == "PAYMENT_RESULT"
    assert code(notice) == "S SUCCESS"
    for field in ("paymentRequestId", "paymentId", "paymentAmount", "paymentCreateTime", "authExpiryTime"):
        assert notice[field] == paid[field]


async def test_a_signature_of_a_notification_has_lower_case_escapes(merchant: Merchant, inbox: Inbox) -> None:
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    escapes = re.findall("%..", inbox.raw[0][1]["signature"])
    assert escapes
    assert escapes == [escape.lower() for escape in escapes]


async def test_a_decline_is_notified(merchant: Merchant, inbox: Inbox) -> None:
    await merchant.pay(notify_url=inbox.url, meta=card(DECLINED))
    await eventually(lambda: bool(inbox.trusted))
    assert code(inbox.trusted[0]) == "F DO_NOT_HONOR"


async def test_an_automatic_capture_is_notified_after_its_payment(merchant: Merchant, inbox: Inbox) -> None:
    paid = await merchant.pay(notify_url=inbox.url, mode="AUTOMATIC")
    await eventually(lambda: len(inbox.trusted) == 2)
    assert inbox.types() == ["PAYMENT_RESULT", "CAPTURE_RESULT"]
    notice = inbox.trusted[1]
    assert notice["paymentId"] == paid["paymentId"]
    assert notice["captureAmount"] == paid["paymentAmount"]
    assert notice["captureRequestId"].startswith("AUTO")


async def test_a_pending_result_says_s_and_means_pending(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    await merchant.pay(notify_url=inbox.url, meta={})
    await simulator.buyer_acts("pay-1", "pending")
    await eventually(lambda: bool(inbox.trusted))
    assert inbox.types() == ["PAYMENT_PENDING"]
    assert code(inbox.trusted[0]) == "S SUCCESS"
    assert (await merchant.inquire())["paymentStatus"] == "PENDING"
    await simulator.buyer_acts("pay-1", "pay")
    await eventually(lambda: inbox.types() == ["PAYMENT_PENDING", "PAYMENT_RESULT"])


async def test_a_cancel_is_not_notified(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> None:
    await merchant.pay(notify_url=inbox.url, meta={})
    await merchant.cancel()
    assert simulator.notifications() == []


def attempts(simulator: Simulator) -> list[dict[str, object]]:
    """What became of each attempt to deliver the first notification."""
    made = simulator.notifications()[0]["attempts"]
    assert isinstance(made, list)
    return made


async def test_a_notification_is_sent_again_until_acknowledged(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    inbox.refusals = 3
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(simulator.notifications()[0]["acknowledged"]))
    assert len(inbox.trusted) == 4
    assert [attempt["answer"] for attempt in attempts(simulator)] == [503, 503, 503, 200]


def received(inbox: Inbox, sends: int) -> bool:
    """Whether so many notifications arrived, or more."""
    return len(inbox.trusted) >= sends


async def test_it_is_sent_eight_times_at_most(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> None:
    inbox.refusals = 100
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: len(inbox.trusted) >= 3)
    simulator.advance(24 * 3600)
    await eventually(lambda: len(inbox.trusted) >= 4)
    for sends in range(5, 9):
        simulator.advance(24 * 3600)
        await eventually(partial(received, inbox, sends))
    simulator.advance(24 * 3600)
    await merchant.inquire()
    assert len(inbox.trusted) == 8


async def test_a_merchant_who_cannot_be_reached_is_no_failure(
    merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.pay(notify_url="http://127.0.0.1:9/nobody")
    await eventually(lambda: bool(simulator.notifications()[0]["attempts"]))
    assert code(await merchant.inquire()) == "S SUCCESS"


async def test_the_fault_none_tells_nobody(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> None:
    simulator.order_fault("notification", "none", match="order-1")
    await merchant.pay(notify_url=inbox.url, mode="AUTOMATIC")
    await eventually(lambda: bool(inbox.trusted))
    assert inbox.types() == ["CAPTURE_RESULT"]


async def test_the_fault_duplicate_tells_twice(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.order_fault("notification", "duplicate")
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: len(inbox.trusted) == 2)
    assert inbox.trusted[0] == inbox.trusted[1]


async def test_the_fault_delay_tells_later(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> None:
    simulator.order_fault("notification", "delay", seconds=3600)
    await merchant.pay(notify_url=inbox.url, mode="AUTOMATIC")
    await eventually(lambda: inbox.types() == ["CAPTURE_RESULT"])
    simulator.advance(3601)
    await eventually(lambda: inbox.types() == ["CAPTURE_RESULT", "PAYMENT_RESULT"])


async def test_the_fault_reorder_lets_the_capture_overtake(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.order_fault("notification", "reorder")
    await merchant.pay(notify_url=inbox.url, mode="AUTOMATIC")
    await eventually(lambda: inbox.types() == ["CAPTURE_RESULT", "PAYMENT_RESULT"])


async def test_the_fault_overtakes_tells_before_the_answer(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.order_fault("notification", "overtakes", seconds=0.2)
    begun = time.monotonic()
    assert code(await merchant.pay(notify_url=inbox.url)) == "S SUCCESS"
    assert time.monotonic() - begun >= 0.2
    assert inbox.types() == ["PAYMENT_RESULT"]


async def test_a_notification_that_overtakes_is_heard_of_although_the_answer_is_lost(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.order_fault("notification", "overtakes")
    simulator.order_fault("pay", "act_and_drop")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await merchant.pay(notify_url=inbox.url)
    assert inbox.types() == ["PAYMENT_RESULT"]


async def test_the_fault_forged_sends_a_lie_before_the_truth(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.order_fault("notification", "forged")
    await merchant.pay(notify_url=inbox.url, meta=card(DECLINED))
    await eventually(lambda: bool(inbox.trusted))
    assert code(inbox.forged[0]) == "S SUCCESS"
    assert code(inbox.trusted[0]) == "F DO_NOT_HONOR"


async def test_the_fault_wrong_amount_is_signed(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.order_fault("notification", "wrong_amount")
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    assert inbox.trusted[0]["paymentAmount"]["value"] == "30001"


async def test_a_call_that_a_reset_overtook_notifies_nobody(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.order_fault("pay", "delay", seconds=3600)
    overtaken = asyncio.create_task(merchant.pay(notify_url=inbox.url))
    await eventually(lambda: bool(simulator.calls()))
    former = simulator.life.clock
    await simulator.reset()
    former.advance(3601)
    assert code(await overtaken) == "S SUCCESS"
    await merchant.pay("pay-2", notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    assert [notice["paymentRequestId"] for notice in inbox.trusted] == ["pay-2"]


async def test_every_capture_is_notified_once(merchant: Merchant, inbox: Inbox, simulator: Simulator) -> None:
    paid = (await merchant.pay(notify_url=inbox.url))["paymentId"]
    for number in range(3):
        await merchant.capture(paid, f"c{number}", value="10000", isLastCapture=False)
    await eventually(lambda: len(inbox.trusted) == 4)
    ids = Counter(notice.get("captureRequestId") for notice in inbox.trusted)
    assert ids == {None: 1, "c0": 1, "c1": 1, "c2": 1}
    await eventually(lambda: all(notice["acknowledged"] for notice in simulator.notifications()))
