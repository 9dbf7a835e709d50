"""The webhook is killed with a notification: before reading it, or between signal and acknowledgement."""

import asyncio

from holdfast import PaymentStatus
from tests.support.crashes.payment_flows import with_retries
from tests.support.crashes.system import SystemUnderTest
from tests.system.crashes.freeze_at import freeze_when

TRIES = 10
SIGNAL = "WORKFLOW_EXECUTION_SIGNALED"


async def test_webhook_killed_before_reading_a_notification_receives_it_again(
    system: SystemUnderTest,
) -> None:
    reference = system.reference("unread")
    await _wait_for_buyer(system, reference)
    system.webhook.freeze()
    await system.gateway.act_as_buyer(f"{reference}-1", "pay")
    await system.gateway.wait_for_delivery(reference)
    await system.webhook.restart()
    await _assert_decided_by_notification(system, reference)


async def test_webhook_killed_between_signal_and_acknowledgement_applies_it_once(
    system: SystemUnderTest,
) -> None:
    """The gateway repeats a notification that the payment has already received: Temporal stores it once."""
    for _ in range(TRIES):
        reference = system.reference("unacknowledged")
        await _wait_for_buyer(system, reference)
        if not await _kill_unacknowledged(system, reference):
            continue
        await _assert_decided_by_notification(system, reference)
        return
    raise AssertionError(f"the acknowledgement was faster than the kill {TRIES} times")


async def _wait_for_buyer(system: SystemUnderTest, reference: str) -> None:
    waiting = await with_retries(lambda: system.authorize(reference))
    assert waiting.status is PaymentStatus.ACTION_REQUIRED


async def _kill_unacknowledged(system: SystemUnderTest, reference: str) -> bool:
    async def is_signalled() -> bool:
        return SIGNAL in await system.events(reference)

    await system.gateway.act_as_buyer(f"{reference}-1", "pay")
    await freeze_when(system.webhook, is_signalled)
    await system.webhook.kill()
    [notification] = await system.gateway.notifications_of(reference)
    await system.webhook.start()
    return not notification.acknowledged


async def _assert_decided_by_notification(system: SystemUnderTest, reference: str) -> None:
    authorized = await system.becomes(reference, PaymentStatus.AUTHORIZED)
    assert authorized.attempts[-1].decidedBy == "NOTIFICATION"
    await system.gateway.wait_for_acknowledgement(reference)
    [notification] = await system.gateway.notifications_of(reference)
    # on a slow machine the gateway sends more than once before the webhook is back
    *before, last = [delivery.acknowledged for delivery in notification.attempts]
    assert last
    assert before
    assert not any(before)
    assert (await system.events(reference)).count(SIGNAL) == 1
    await asyncio.gather(system.payments.capture(reference), system.result(reference))
    await system.assert_captured_once(reference)
    assert await system.gateway.calls_of(reference, "inquiryPayment") == []
