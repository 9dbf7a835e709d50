"""The webhook dies with a notification in its hands: unread, or handed over and not acknowledged."""

import asyncio

from holdfast import PaymentStatus
from tests.support.crashes.machine import Machine
from tests.support.crashes.payment_flows import patiently
from tests.system.crashes.stepping import freeze_when

TRIES = 10
SIGNAL = "WORKFLOW_EXECUTION_SIGNALED"


async def test_webhook_dies_before_it_has_read_the_notification(machine: Machine) -> None:
    reference = machine.reference("unread")
    await _waits_for_the_buyer(machine, reference)
    machine.webhook.freeze()
    await machine.gateway.buyer(reference, "pay")
    await machine.gateway.is_notified(reference)
    await machine.webhook.restart()
    await _is_decided_by_the_notification(machine, reference, heard=1)


async def test_webhook_dies_between_signal_and_acknowledgement(machine: Machine) -> None:
    """The gateway sends again what the payment has heard before: nothing happens twice."""
    for _ in range(TRIES):
        reference = machine.reference("unacknowledged")
        await _waits_for_the_buyer(machine, reference)
        if not await _dies_unacknowledged(machine, reference):
            continue
        await _is_decided_by_the_notification(machine, reference, heard=2)
        return
    raise AssertionError(f"the acknowledgement was faster than the kill {TRIES} times")


async def _waits_for_the_buyer(machine: Machine, reference: str) -> None:
    waiting = await patiently(lambda: machine.authorize(reference))
    assert waiting.status is PaymentStatus.ACTION_REQUIRED


async def _dies_unacknowledged(machine: Machine, reference: str) -> bool:
    async def signalled() -> bool:
        return SIGNAL in await machine.events(reference)

    await machine.gateway.buyer(reference, "pay")
    await freeze_when(machine.webhook, signalled)
    await machine.webhook.kill()
    [notification] = await machine.gateway.notifications(reference)
    await machine.webhook.start()
    return not notification["acknowledged"]


async def _is_decided_by_the_notification(machine: Machine, reference: str, *, heard: int) -> None:
    authorized = await machine.becomes(reference, PaymentStatus.AUTHORIZED)
    assert authorized.attempts[-1].decidedBy == "NOTIFICATION"
    await machine.gateway.is_acknowledged(reference)
    [notification] = await machine.gateway.notifications(reference)
    # on a slow machine the gateway sends more than once before the webhook is back
    *unheard, taken = [attempt["acknowledged"] for attempt in notification["attempts"]]
    assert taken
    assert unheard
    assert not any(unheard)
    assert (await machine.events(reference)).count(SIGNAL) == heard
    await asyncio.gather(machine.payments.capture(reference), machine.result(reference))
    await machine.assert_captured_once(reference)
    assert await machine.gateway.calls(reference, "inquiryPayment") == []
