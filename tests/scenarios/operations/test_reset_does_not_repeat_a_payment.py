"""An operator resets an activity or a workflow, and the repeated call is not taken for a first send.

The gateway has processed the first send, and answers the repeat with a failure that is not true: where that
failure is believed, the next attempt or capture takes money twice.
"""

import asyncio
import sys
from datetime import timedelta

import pytest

from holdfast import Amount, HoldfastError, Payment, PaymentStatus
from tests.support.eventually import eventually
from tests.support.scenarios.resets import (
    first_task,
    last_task,
    reset_activity,
    reset_workflow,
    task_before_activity,
)
from tests.support.scenarios.split_workers import SplitWorkers
from tests.support.scenarios.unusable_gateway import unusable_at_first
from tests.support.world import VISA, World

PART = Amount(currency="EUR", value="10000")
ANOTHER_PART = Amount(currency="EUR", value="5000")
DECLINE = "DO_NOT_HONOR"
REFUSAL = "USER_BALANCE_NOT_ENOUGH"


def _lie(world: World, reference: str, operation: str, code: str) -> None:
    """Lets every later call of this operation fail, and reports no true result in a notification."""
    world.fault(reference, operation, "code_f", code=code, times=-1)


async def _another_attempt(world: World, split: SplitWorkers, payment: Payment) -> None:
    """Retries with another card, as a merchant does after a decline, and cancels what is held in the end."""
    reference = payment.paymentReference
    world.simulator.clear_faults(reference)
    if payment.status is PaymentStatus.DECLINED:
        await split.payments.retry(reference, (await world.order(reference, card=VISA)).paymentMethod)


def _assert_one_authorization(world: World, payment: Payment) -> None:
    assert world.ledger(payment.paymentReference)["maxLiveAuthorizations"] == 1
    assert payment.status is PaymentStatus.AUTHORIZED


async def _sent_and_lost(world: World, split: SplitWorkers, reference: str) -> "asyncio.Task[Payment]":
    """Makes a pay call that the gateway processes and whose answer is lost, and stops the activity worker."""
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "pay", "act_and_delay", seconds=10)
    order = await world.order(reference, card=VISA)
    async with split.activities():
        paying = asyncio.create_task(split.payments.authorize(order))
        await eventually(lambda: len(world.calls(reference, "pay")) == 1)
    _lie(world, reference, "pay", DECLINE)
    return paying


async def test_pay_activity_that_is_reset_after_a_lost_success_authorizes_once(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("reset-pay-activity")
    async with split.workflows():
        paying = await _sent_and_lost(world, split, reference)
        await reset_activity(world, reference)
        async with split.activities():
            payment = await paying
            await _another_attempt(world, split, payment)
            _assert_one_authorization(world, payment)
            await world.payments.cancel(reference, "end of the test")


async def test_workflow_that_is_reset_while_its_pay_call_is_in_flight_authorizes_once(
    world: World, split: SplitWorkers
) -> None:
    """The pay activity was scheduled before the point of the reset, and is started again in the new run."""
    reference = world.reference("reset-during-pay")
    async with split.workflows():
        paying = await _sent_and_lost(world, split, reference)
        tasks = await last_task(world, reference)
        await world.handle(reference).signal("notification")
        await eventually(lambda: _has_later_task(world, reference, tasks))
        await reset_workflow(world, reference, await last_task(world, reference))
        async with split.activities():
            payment = await world.becomes(reference, PaymentStatus.AUTHORIZED, PaymentStatus.DECLINED)
            await _another_attempt(world, split, payment)
            _assert_one_authorization(world, payment)
            await world.payments.cancel(reference, "end of the test")
    paying.cancel()


async def _has_later_task(world: World, reference: str, event: int) -> bool:
    return await last_task(world, reference) > event


async def test_workflow_that_is_reset_to_a_point_before_its_pay_call_authorizes_once(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("reset-before-pay")
    world.fault(reference, "notification", "none", times=-1)
    order = await world.order(reference, card=None, paymentMethod=TOKEN)
    async with split.workflows(), split.activities():
        assert (await split.payments.authorize(order)).status is PaymentStatus.AUTHORIZED
        _lie(world, reference, "pay", DECLINE)
        await reset_workflow(world, reference, await first_task(world, reference))
        payment = await world.becomes(reference, PaymentStatus.AUTHORIZED, PaymentStatus.DECLINED)
        await _another_attempt(world, split, payment)
        _assert_one_authorization(world, payment)
        await world.payments.cancel(reference, "end of the test")


async def test_workflow_that_is_reset_after_an_unsent_call_is_not_ended_as_unsent(
    world: World, split: SplitWorkers
) -> None:
    """The first call was not sent, and the second one authorized. The reset run can send nothing in time."""
    reference = world.reference("reset-after-unsent-pay")
    world.fault(reference, "notification", "none", times=-1)
    order = await world.order(reference, card=None, paymentMethod=TOKEN)
    async with split.workflows():
        async with unusable_at_first(world, 1, connects=True) as once, split.activities(once):
            assert (await split.payments.authorize(order)).status is PaymentStatus.AUTHORIZED
        await reset_workflow(world, reference, await task_before_activity(world, reference, 2))
        async with unusable_at_first(world, sys.maxsize, connects=True) as never, split.activities(never):
            undecided = (PaymentStatus.NEEDS_REVIEW, PaymentStatus.EXPIRED)
            payment = await world.skip_until(reference, *undecided, step=timedelta(minutes=1))
            assert payment.status is PaymentStatus.NEEDS_REVIEW
        async with split.activities():
            await world.skip_until(reference, PaymentStatus.AUTHORIZED, step=timedelta(minutes=10))
            await world.payments.cancel(reference, "end of the test")
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1


TOKEN = {"paymentMethodType": "CARD", "paymentMethodId": "ALIPAY9kV5Ahs3r7lb9k"}
"""A stored card, with which a pay call can be repeated after a reset; a card in the vault is deleted then."""


async def _authorized(world: World, split: SplitWorkers, reference: str) -> None:
    order = await world.order(reference, card=VISA)
    assert (await split.payments.authorize(order)).status is PaymentStatus.AUTHORIZED
    world.fault(reference, "notification", "none", times=-1)


async def _capture_again(split: SplitWorkers, reference: str, amount: Amount, key: str) -> None:
    """Captures as a merchant does whose payment shows that nothing was captured."""
    try:
        await split.payments.capture(reference, amount, is_last_capture=False, key=key)
    except HoldfastError:
        return


async def test_capture_activity_that_is_reset_after_a_lost_success_captures_once(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("reset-capture-activity")
    async with split.workflows():
        async with split.activities():
            await _authorized(world, split, reference)
            world.fault(reference, "capture", "act_and_delay", seconds=10)
            capturing = asyncio.create_task(
                split.payments.capture(reference, PART, is_last_capture=False, key="part")
            )
            await eventually(lambda: len(world.calls(reference, "capture")) == 1)
        _lie(world, reference, "capture", REFUSAL)
        await reset_activity(world, reference)
        async with split.activities():
            payment = await capturing
            world.simulator.clear_faults(reference)
            if payment.status is PaymentStatus.AUTHORIZED:
                await _capture_again(split, reference, PART, "again")
    assert world.ledger(reference)["capturedAmount"] == 10000
    assert payment.capturedAmount == PART


@pytest.mark.parametrize(
    ("amount", "status"),
    [(PART, PaymentStatus.PARTIALLY_CAPTURED), (ANOTHER_PART, PaymentStatus.NEEDS_REVIEW)],
)
async def test_workflow_that_is_reset_to_a_point_before_its_capture_captures_once(
    world: World, split: SplitWorkers, amount: Amount, status: PaymentStatus
) -> None:
    """The merchant's capture is lost by the reset, and requested again, with the same or another amount."""
    reference = world.reference(f"reset-before-capture-{amount.value}")
    async with split.workflows(), split.activities():
        await _authorized(world, split, reference)
        before = await last_task(world, reference)
        await split.payments.capture(reference, PART, is_last_capture=False, key="part")
        assert world.ledger(reference)["capturedAmount"] == 10000
        _lie(world, reference, "capture", REFUSAL)
        await reset_workflow(world, reference, before, reapply=False)
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
        await _capture_again(split, reference, amount, "after-the-reset")
        payment = await world.payments.get(reference)
        world.simulator.clear_faults(reference)
        if payment.status is PaymentStatus.AUTHORIZED:
            await _capture_again(split, reference, amount, "after-the-refusal")
        assert world.ledger(reference)["capturedAmount"] == 10000
        assert payment.status is status
        assert (payment.review is None) == (amount == PART)


async def test_workflow_that_is_reset_and_applies_its_capture_again_captures_once(
    world: World, split: SplitWorkers
) -> None:
    """Temporal applies the update of the capture again by default."""
    reference = world.reference("reset-reapplies-capture")
    async with split.workflows(), split.activities():
        await _authorized(world, split, reference)
        before = await last_task(world, reference)
        await split.payments.capture(reference, PART, is_last_capture=False, key="part")
        _lie(world, reference, "capture", REFUSAL)
        await reset_workflow(world, reference, before)
        payment = await world.becomes(reference, PaymentStatus.PARTIALLY_CAPTURED)
    assert world.ledger(reference)["capturedAmount"] == 10000
    assert payment.capturedAmount == PART
