"""Notifications: signed, in order, repeated until acknowledged, and with injected faults."""

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


async def test_authorization_is_notified_with_a_signature(merchant: Merchant, inbox: Inbox) -> None:
    paid = await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    (notification,) = inbox.trusted
    assert notification["notifyType"] == "PAYMENT_RESULT"
    assert code(notification) == "S SUCCESS"
    for field in ("paymentRequestId", "paymentId", "paymentAmount", "paymentCreateTime", "authExpiryTime"):
        assert notification[field] == paid[field]


async def test_signature_of_a_notification_has_lower_case_escapes(merchant: Merchant, inbox: Inbox) -> None:
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    escapes = re.findall("%..", inbox.raw[0][1]["signature"])
    assert escapes
    assert escapes == [escape.lower() for escape in escapes]


async def test_decline_is_notified(merchant: Merchant, inbox: Inbox) -> None:
    await merchant.pay(notify_url=inbox.url, meta=card(DECLINED))
    await eventually(lambda: bool(inbox.trusted))
    assert code(inbox.trusted[0]) == "F DO_NOT_HONOR"


async def test_automatic_capture_is_notified_after_its_payment(merchant: Merchant, inbox: Inbox) -> None:
    paid = await merchant.pay(notify_url=inbox.url, mode="AUTOMATIC")
    await eventually(lambda: len(inbox.trusted) == 2)
    assert inbox.types() == ["PAYMENT_RESULT", "CAPTURE_RESULT"]
    notification = inbox.trusted[1]
    assert notification["paymentId"] == paid["paymentId"]
    assert notification["captureAmount"] == paid["paymentAmount"]
    assert notification["captureRequestId"].startswith("AUTO")


async def test_pending_notification_has_result_s(
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


async def test_cancel_is_not_notified(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> None:
    await merchant.pay(notify_url=inbox.url, meta={})
    await merchant.cancel()
    assert simulator.notifications() == []


def attempts(simulator: Simulator) -> list[dict[str, object]]:
    """Returns the attempts to deliver the first notification."""
    made = simulator.notifications()[0]["attempts"]
    assert isinstance(made, list)
    return made


async def test_notification_is_repeated_until_acknowledged(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    inbox.refusals = 3
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(simulator.notifications()[0]["acknowledged"]))
    assert len(inbox.trusted) == 4
    assert [attempt["answer"] for attempt in attempts(simulator)] == [503, 503, 503, 200]


def received(inbox: Inbox, sends: int) -> bool:
    """Returns whether at least so many notifications have arrived."""
    return len(inbox.trusted) >= sends


async def test_notification_is_sent_eight_times_at_most(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
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


async def test_unreachable_webhook_does_not_fail_the_gateway(
    merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.pay(notify_url="http://127.0.0.1:9/unreachable")
    await eventually(lambda: bool(simulator.notifications()[0]["attempts"]))
    assert code(await merchant.inquire()) == "S SUCCESS"


async def test_fault_none_sends_no_notification(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("notification", "none", match="order-1")
    await merchant.pay(notify_url=inbox.url, mode="AUTOMATIC")
    await eventually(lambda: bool(inbox.trusted))
    assert inbox.types() == ["CAPTURE_RESULT"]


async def test_fault_duplicate_sends_twice(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> None:
    simulator.inject_fault("notification", "duplicate")
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: len(inbox.trusted) == 2)
    assert inbox.trusted[0] == inbox.trusted[1]


async def test_fault_delay_sends_later(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> None:
    simulator.inject_fault("notification", "delay", seconds=3600)
    await merchant.pay(notify_url=inbox.url, mode="AUTOMATIC")
    await eventually(lambda: inbox.types() == ["CAPTURE_RESULT"])
    simulator.advance(3601)
    await eventually(lambda: inbox.types() == ["CAPTURE_RESULT", "PAYMENT_RESULT"])


async def test_fault_reorder_sends_the_capture_result_first(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("notification", "reorder")
    await merchant.pay(notify_url=inbox.url, mode="AUTOMATIC")
    await eventually(lambda: inbox.types() == ["CAPTURE_RESULT", "PAYMENT_RESULT"])


async def test_fault_overtakes_sends_before_the_answer(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("notification", "overtakes", seconds=0.2)
    started = time.monotonic()
    assert code(await merchant.pay(notify_url=inbox.url)) == "S SUCCESS"
    assert time.monotonic() - started >= 0.2
    assert inbox.types() == ["PAYMENT_RESULT"]


async def test_overtaking_notification_arrives_although_the_answer_is_lost(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("notification", "overtakes")
    simulator.inject_fault("pay", "act_and_drop")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await merchant.pay(notify_url=inbox.url)
    assert inbox.types() == ["PAYMENT_RESULT"]


async def test_fault_forged_sends_a_wrong_result_before_the_genuine_one(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("notification", "forged")
    await merchant.pay(notify_url=inbox.url, meta=card(DECLINED))
    await eventually(lambda: bool(inbox.trusted))
    assert code(inbox.forged[0]) == "S SUCCESS"
    assert code(inbox.trusted[0]) == "F DO_NOT_HONOR"


async def test_fault_wrong_amount_is_signed(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> None:
    simulator.inject_fault("notification", "wrong_amount")
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    assert inbox.trusted[0]["paymentAmount"]["value"] == "30001"


async def test_call_before_a_reset_sends_no_notification_after_it(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("pay", "delay", seconds=3600)
    interrupted = asyncio.create_task(merchant.pay(notify_url=inbox.url))
    await eventually(lambda: bool(simulator.calls()))
    clock_before_reset = simulator.lifecycle.clock
    await simulator.reset()
    clock_before_reset.advance(3601)
    assert code(await interrupted) == "S SUCCESS"
    await merchant.pay("pay-2", notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    assert [notification["paymentRequestId"] for notification in inbox.trusted] == ["pay-2"]


async def test_each_capture_is_notified_once(merchant: Merchant, inbox: Inbox, simulator: Simulator) -> None:
    paid = (await merchant.pay(notify_url=inbox.url))["paymentId"]
    for number in range(3):
        await merchant.capture(paid, f"c{number}", value="10000", isLastCapture=False)
    await eventually(lambda: len(inbox.trusted) == 4)
    ids = Counter(notification.get("captureRequestId") for notification in inbox.trusted)
    assert ids == {None: 1, "c0": 1, "c1": 1, "c2": 1}
    await eventually(lambda: all(notification["acknowledged"] for notification in simulator.notifications()))
