"""The gateway fails to cancel for hours: the workflow stays open, and releases the hold afterwards."""

import asyncio
from datetime import timedelta

from holdfast import PaymentStatus
from tests.support.eventually import eventually
from tests.support.world import World

MAX_EVENTS = 51_200
"""The number of events in one history at which Temporal terminates a workflow (its default)."""


async def test_cancel_that_fails_for_hours_is_completed_and_does_not_fill_the_history(world: World) -> None:
    reference = world.reference("cancel-outage")
    await world.authorize(reference)
    world.fault(reference, "cancel", "http_500", times=-1)
    cancelling = asyncio.create_task(world.payments.cancel(reference, "out of stock"))
    await eventually(lambda: bool(world.calls(reference, "cancel")))
    hours = 4
    for _ in range(hours * 6):
        await world.skip(reference, timedelta(minutes=10))
    await cancelling
    events_in_a_week = len(await world.events(reference)) / hours * 24 * 7
    assert events_in_a_week < MAX_EVENTS
    world.simulator.clear_faults()
    await world.skip_until(reference, PaymentStatus.CANCELLED, step=timedelta(minutes=30))
    assert world.ledger(reference)["liveAuthorizations"] == 0
