"""The gateway is away during a capture. What a merchant asked for is made, once, when it is back."""

import asyncio
from datetime import timedelta

from holdfast import Amount, Payment, PaymentClient, PaymentStatus, PaymentUnavailable
from holdfast.transitions import Event
from tests.support.eventually import eventually
from tests.support.world import World


async def _capture_into(world: World, reference: str, operation: str, fault: str, times: int) -> Payment:
    """Authorize, let that go wrong, and ask for the capture; the merchant's answer after its 20 seconds."""
    await world.authorize(reference)
    world.fault(reference, operation, fault, times=times)
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "capture")))
    await world.skip(reference, timedelta(seconds=60))
    return await capturing


def _taken(world: World, reference: str) -> list[tuple[str, int]]:
    entries = world.ledger(reference)["captures"]
    return [(entry["captureRequestId"], entry["amount"]) for entry in entries]


async def test_a_minute_without_the_gateway(world: World) -> None:
    reference = world.reference("outage-minute")
    await _capture_into(world, reference, "any", "drop_before", times=7)
    final = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(minutes=5))
    assert final.review is None
    assert _taken(world, reference) == [(f"{reference}-c1", 30000)]


async def test_a_capture_endpoint_that_fails_for_hours(world: World) -> None:
    reference = world.reference("outage-hours")
    answer = await _capture_into(world, reference, "capture", "http_500", times=20)
    assert answer.status is PaymentStatus.CAPTURING
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(minutes=30))
    assert _taken(world, reference) == [(f"{reference}-c1", 30000)]


async def test_a_day_without_the_gateway_is_reviewed_and_the_capture_taken_up_again(world: World) -> None:
    reference = world.reference("outage-day")
    await _capture_into(world, reference, "any", "drop_before", times=-1)
    await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(hours=5))
    world.simulator.clear_faults()
    final = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(hours=1))
    assert Event.CAPTURE_RESUMED in [line.event for line in final.events]
    assert final.review is not None
    assert _taken(world, reference) == [(f"{reference}-c1", 30000)]


async def test_a_merchant_asks_again_for_a_capture_under_review(world: World) -> None:
    reference = world.reference("outage-asked-again")
    await _capture_into(world, reference, "any", "drop_before", times=-1)
    await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(hours=5))
    world.simulator.clear_faults()
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert _taken(world, reference) == [(f"{reference}-c1", 30000)]


async def test_a_part_asked_for_again_is_the_same_part(world: World) -> None:
    reference = world.reference("part-again")
    await world.authorize(reference)
    world.fault(reference, "capture", "act_and_delay", seconds=1)
    impatient = PaymentClient(world.client, answer_within=timedelta(seconds=0.3))
    part = Amount(currency="EUR", value="10000")
    try:
        await impatient.capture(reference, part, is_last_capture=False, key="shipment-1")
    except PaymentUnavailable:
        await world.becomes(reference, PaymentStatus.PARTIALLY_CAPTURED)
    again = await world.payments.capture(reference, part, is_last_capture=False, key="shipment-1")
    assert again.capturedAmount == part
    assert _taken(world, reference) == [(f"{reference}-c1", 10000)]
    await world.payments.capture(reference, part, is_last_capture=False, key="shipment-2")
    assert world.ledger(reference)["capturedAmount"] == 20000
