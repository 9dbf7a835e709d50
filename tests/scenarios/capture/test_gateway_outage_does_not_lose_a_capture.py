"""The gateway is unavailable during a capture: the requested capture is made once after the outage."""

import asyncio
from datetime import timedelta

import pytest

from holdfast import Amount, Payment, PaymentClient, PaymentStatus, PaymentUnavailable
from holdfast.payment_event import Event
from tests.support.eventually import eventually
from tests.support.world import World


async def _capture_with_fault(
    world: World, reference: str, operation: str, fault: str, times: int
) -> Payment:
    """Authorizes, injects the fault and captures; returns the answer after its 20 seconds."""
    await world.authorize(reference)
    world.fault(reference, operation, fault, times=times)
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "capture")))
    await world.skip(reference, timedelta(seconds=60))
    return await capturing


def _captures(world: World, reference: str) -> list[tuple[str, int]]:
    entries = world.ledger(reference)["captures"]
    return [(entry["captureRequestId"], entry["amount"]) for entry in entries]


async def test_capture_during_an_outage_of_a_minute_is_made_once(world: World) -> None:
    reference = world.reference("outage-minute")
    await _capture_with_fault(world, reference, "any", "drop_before", times=7)
    final = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(minutes=5))
    assert final.review is None
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]


async def test_capture_that_fails_for_hours_is_made_once(world: World) -> None:
    reference = world.reference("outage-hours")
    answer = await _capture_with_fault(world, reference, "capture", "http_500", times=20)
    assert answer.status is PaymentStatus.CAPTURING
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(minutes=30))
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]


async def test_capture_during_an_outage_of_a_day_is_reviewed_and_resumed(world: World) -> None:
    reference = world.reference("outage-day")
    await _capture_with_fault(world, reference, "any", "drop_before", times=-1)
    await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(hours=5))
    world.simulator.clear_faults()
    final = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(hours=1))
    assert Event.CAPTURE_RESUMED in [line.event for line in final.events]
    assert final.review is not None
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]


async def test_capture_requested_again_during_a_review_is_made_once(world: World) -> None:
    reference = world.reference("outage-repeated-capture")
    await _capture_with_fault(world, reference, "any", "drop_before", times=-1)
    await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(hours=5))
    world.simulator.clear_faults()
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]


async def test_partial_capture_repeated_with_the_same_key_is_made_once(world: World) -> None:
    reference = world.reference("part-again")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.hold(reference, "capture", "act_and_delay")
    short_timeout = PaymentClient(world.client, answer_within=timedelta(seconds=2))
    part = Amount(currency="EUR", value="10000")
    with pytest.raises(PaymentUnavailable):
        await short_timeout.capture(reference, part, is_last_capture=False, key="shipment-1")
    world.release(reference)
    await world.becomes(reference, PaymentStatus.PARTIALLY_CAPTURED)
    again = await world.payments.capture(reference, part, is_last_capture=False, key="shipment-1")
    assert again.capturedAmount == part
    assert _captures(world, reference) == [(f"{reference}-c1", 10000)]
    await world.payments.capture(reference, part, is_last_capture=False, key="shipment-2")
    assert world.ledger(reference)["capturedAmount"] == 20000
