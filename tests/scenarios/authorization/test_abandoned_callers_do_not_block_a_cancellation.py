"""Callers that wait and never read their answer leave a place for every command, and each wait is bounded."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateStage

from holdfast import Payment, PaymentStatus
from holdfast.temporal.names import AUTHORIZE
from tests.support.eventually import eventually
from tests.support.scenarios.split_workers import SplitWorkers
from tests.support.world import DECLINED_VISA, VISA, World

ABANDONED_CALLERS = 10
"""As many as the updates of one workflow that a server accepts in flight."""
STEP = timedelta(seconds=20)
"""A third of the longest wait of a caller."""


@pytest.fixture
def split(world: World) -> SplitWorkers:
    """A task queue with workers of its own."""
    return SplitWorkers(world)


async def _abandon_further_calls(world: World, reference: str) -> None:
    for _ in range(ABANDONED_CALLERS - 1):
        await world.handle(reference).start_update(
            AUTHORIZE, wait_for_stage=WorkflowUpdateStage.ACCEPTED, result_type=Payment
        )


async def test_cancel_after_ten_abandoned_authorize_calls_leaves_no_hold(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("abandoned-callers")
    order = await world.order(reference, card=VISA)
    with world.env.with_time_skipping_disabled():
        async with split.workflows():
            first = asyncio.create_task(split.payments.authorize(order))
            await eventually(lambda: world.has_begun(reference))
            await _abandon_further_calls(world, reference)
            async with asyncio.timeout(30):
                cancelling = await split.payments.cancel(reference, "the buyer has left")
            assert cancelling.status is PaymentStatus.CANCELLING
            async with split.activities():
                await world.becomes(reference, PaymentStatus.CANCELLED)
                await first
    assert world.ledger(reference).get("liveAuthorizations", 0) == 0


async def test_authorize_and_cancel_during_an_outage_are_answered_within_the_longest_wait(
    world: World,
) -> None:
    reference = world.reference("bounded-callers")
    order = await world.order(reference, card=VISA)
    _interrupt(world, reference)
    with world.env.with_time_skipping_disabled():
        authorizing = asyncio.create_task(world.payments.authorize(order))
        await eventually(lambda: bool(world.calls(reference, "pay")))
    authorized = await world.answer(reference, authorizing, STEP)
    assert authorized.status is PaymentStatus.AUTHORIZING
    cancelling = asyncio.create_task(world.payments.cancel(reference, "the buyer has left"))
    await eventually(lambda: bool(world.calls(reference, "cancel")))
    cancelled = await world.answer(reference, cancelling, STEP)
    assert cancelled.status is PaymentStatus.CANCELLING
    world.simulator.clear_faults()
    await world.skip_until(reference, PaymentStatus.CANCELLED, step=STEP)
    assert world.ledger(reference).get("liveAuthorizations", 0) == 0


async def test_retry_during_an_outage_is_answered_within_the_longest_wait(world: World) -> None:
    reference = world.reference("bounded-retry")
    assert (await world.authorize(reference, card=DECLINED_VISA)).status is PaymentStatus.DECLINED
    another = (await world.order(reference, card=VISA)).paymentMethod
    _interrupt(world, reference)
    retrying = asyncio.create_task(world.payments.retry(reference, another))
    await eventually(lambda: len(world.calls(reference, "pay")) > 1)
    assert (await world.answer(reference, retrying, STEP)).status is PaymentStatus.AUTHORIZING
    world.simulator.clear_faults()
    await world.answer(reference, world.payments.cancel(reference, "end of the test"), STEP)
    await world.skip_until(reference, PaymentStatus.CANCELLED, step=STEP)
    assert world.ledger(reference)["liveAuthorizations"] == 0


def _interrupt(world: World, reference: str) -> None:
    """No call of this payment has an answer: its outcome stays unknown for as long as the outage lasts."""
    world.fault(reference, "pay", "drop_before", times=-1)
    world.fault(reference, "inquiryPayment", "http_500", times=-1)
    world.fault(reference, "cancel", "http_500", times=-1)
