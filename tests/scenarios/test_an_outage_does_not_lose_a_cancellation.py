"""The gateway cannot cancel for days. The hold is let go when it can, and the workflow lives to see it."""

import asyncio
from datetime import timedelta

from holdfast import PaymentStatus
from tests.support.eventually import eventually
from tests.support.world import World

LIMIT = 51_200
"""Events of one history, after which Temporal ends a workflow (its own default)."""


async def test_a_cancel_endpoint_that_fails_for_hours_does_not_fill_the_history(world: World) -> None:
    reference = world.reference("cancel-outage")
    await world.authorize(reference)
    world.fault(reference, "cancel", "http_500", times=-1)
    cancelling = asyncio.create_task(world.payments.cancel(reference, "out of stock"))
    await eventually(lambda: bool(world.calls(reference, "cancel")))
    hours = 4
    for _ in range(hours * 6):
        await world.skip(reference, timedelta(minutes=10))
    await cancelling
    a_week_of_this = len(await world.events(reference)) / hours * 24 * 7
    assert a_week_of_this < LIMIT
    world.simulator.clear_faults()
    await world.skip_until(reference, PaymentStatus.CANCELLED, step=timedelta(minutes=30))
    assert world.ledger(reference)["liveAuthorizations"] == 0
