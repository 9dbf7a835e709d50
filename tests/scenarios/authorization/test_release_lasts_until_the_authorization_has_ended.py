"""An unwanted authorization of a former attempt is cancelled until its own expiry, also after seven days."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus

from holdfast import PaymentStatus
from holdfast.statuses.attempt_status import AttemptStatus
from tests.support.eventually import eventually
from tests.support.time_skipping import TimeSkipping
from tests.support.world import DECLINED_VISA, World, running_world

LIFETIME = timedelta(days=30)
HOURS = timedelta(hours=6)
TEN_DAYS = 40
"""How many times six hours are skipped until more than the documented lifetime has passed."""


@pytest.fixture
async def thirty_days(temporal: TimeSkipping, tmp_path: Path) -> AsyncIterator[World]:
    """A Holdfast whose gateway holds authorizations for thirty days."""
    async with running_world(temporal, tmp_path, task_queue="thirty-days", authorization=LIFETIME) as running:
        yield running


async def _held_by_a_former_attempt(world: World, story: str) -> str:
    """Returns a cancelled payment whose first attempt is authorized late, and cannot be cancelled."""
    reference = world.reference(story)
    await world.authorize(reference, card=DECLINED_VISA)
    second = await world.order(reference)
    first = f"{reference}-1"
    world.simulator.inject_fault("cancel", "code_f", match=first, times=-1, code="CANCEL_WINDOW_EXCEED")
    with world.env.with_time_skipping_disabled():
        await world.payments.retry(reference, second.paymentMethod)
        world.simulator.operate_dashboard(first, "hold")
        await world.notify_success(reference)
        await eventually(lambda: bool(world.calls(reference, "cancel")))
        await world.payments.cancel(reference, "out of stock")
    return reference


async def _is_running(world: World, reference: str) -> bool:
    described = await world.handle(reference).describe()
    return described.status is WorkflowExecutionStatus.RUNNING


async def test_authorization_of_thirty_days_is_released_after_the_payment_was_cancelled(
    thirty_days: World,
) -> None:
    reference = await _held_by_a_former_attempt(thirty_days, "thirty-days")
    for _ in range(TEN_DAYS):
        await thirty_days.skip(reference, HOURS)
    payment = await thirty_days.payments.get(reference)
    former = payment.attempts[0]
    assert (payment.status, former.status) == (PaymentStatus.CANCELLED, AttemptStatus.AUTHORIZED_AFTER_CLOSE)
    assert former.authExpiryTime is not None
    assert former.paymentTime is not None
    assert former.authExpiryTime - former.paymentTime == LIFETIME
    assert await _is_running(thirty_days, reference), "the first attempt still holds money"
    thirty_days.simulator.clear_faults()
    await thirty_days.skip(reference, HOURS)
    final = await thirty_days.handle(reference).result()
    assert final.attempts[0].status is AttemptStatus.CANCELLED
    assert thirty_days.ledger(reference)["liveAuthorizations"] == 0
