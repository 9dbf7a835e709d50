"""The buyer's time passes before the pay call is sent for the first time: the buyer is not charged."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from holdfast import Payment, PaymentStatus
from holdfast.card_vault import CardNotFound
from settlement.evidence import PAY_CALL_NOT_SENT
from tests.support.eventually import eventually
from tests.support.scenarios.split_workers import SplitWorkers
from tests.support.scenarios.unusable_gateway import unusable_at_first
from tests.support.world import DECLINED_VISA, VISA, World

ALWAYS = sys.maxsize
STEP = timedelta(seconds=42)


@asynccontextmanager
async def _unreachable_gateway(world: World, split: SplitWorkers) -> AsyncIterator[None]:
    """Runs workers that never get a connection to the gateway."""
    async with (
        unusable_at_first(world, ALWAYS, connects=True) as activities,
        split.workflows(),
        split.activities(activities),
    ):
        yield


def _assert_expired_without_a_call(world: World, reference: str, payment: Payment) -> None:
    assert payment.status is PaymentStatus.EXPIRED, payment.events
    assert payment.attempts[-1].resultCode == PAY_CALL_NOT_SENT
    assert payment.authorizedAmount is None
    assert world.ledger(reference) == {}
    assert not any(reference in str(call) for call in world.simulator.calls())


async def _assert_deleted(world: World, card_reference: str | None) -> None:
    with pytest.raises(CardNotFound):
        await world.vault.get(card_reference or "")


async def test_payment_without_a_worker_until_its_deadline_expires_unsent(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("no-worker-until-deadline")
    order = await world.order(reference, card=VISA, completeWithin=1)
    paying = asyncio.create_task(split.payments.authorize(order))
    await _a_second_has_passed(world, reference)
    async with split.workflows(), split.activities():
        _assert_expired_without_a_call(world, reference, await paying)
    await _assert_deleted(world, order.paymentMethod.cardReference)


async def _a_second_has_passed(world: World, reference: str) -> None:
    """Waits until the workflow was started a second ago; time is not skipped where no worker polls."""
    await eventually(lambda: world.has_begun(reference))
    started = (await world.handle(reference).describe()).start_time
    await eventually(lambda: datetime.now(UTC) > started + timedelta(seconds=1))


async def test_pay_call_that_no_worker_starts_until_the_deadline_is_not_sent(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("worker-lost-before-pay")
    order = await world.order(reference, card=VISA, completeWithin=1)
    async with split.workflows():
        paying = asyncio.create_task(split.payments.authorize(order))
        await eventually(lambda: _has(world, reference, "ACTIVITY_TASK_SCHEDULED"))
        await _a_second_has_passed(world, reference)
        async with split.activities():
            _assert_expired_without_a_call(world, reference, await paying)
    await _assert_deleted(world, order.paymentMethod.cardReference)


async def _has(world: World, reference: str, event: str) -> bool:
    return await world.has_begun(reference) and event in await world.events(reference)


async def test_gateway_that_refuses_connections_until_the_deadline_gets_no_call(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("connections-refused")
    order = await world.order(reference, card=VISA)
    async with _unreachable_gateway(world, split):
        paying = asyncio.create_task(split.payments.authorize(order))
        await eventually(lambda: _has(world, reference, "ACTIVITY_TASK_FAILED"))
        await world.answer(reference, paying, STEP)
        payment = await world.skip_until(reference, PaymentStatus.EXPIRED, step=STEP)
    _assert_expired_without_a_call(world, reference, payment)
    assert "not sent: ConnectError" in (payment.attempts[-1].resultMessage or "")
    assert len(await world.events(reference)) < 400
    await _assert_deleted(world, order.paymentMethod.cardReference)


@pytest.mark.parametrize(("card", "status"), [(VISA, "AUTHORIZED"), (DECLINED_VISA, "DECLINED")])
async def test_gateway_that_accepts_connections_before_the_deadline_gets_one_call(
    world: World, split: SplitWorkers, card: str, status: str
) -> None:
    """The decline answers the first send, so that no inquiry has to confirm it."""
    reference = world.reference(f"connections-accepted-later-{status.lower()}")
    world.fault(reference, "notification", "none", times=-1)
    order = await world.order(reference, card=card)
    async with (
        unusable_at_first(world, 2, connects=True) as activities,
        split.workflows(),
        split.activities(activities),
    ):
        payment = await split.payments.authorize(order)
        assert payment.status == status
        assert len(world.calls(reference, "pay")) == 1
        assert world.calls(reference, "inquiryPayment") == []
        await world.payments.cancel(reference, "end of the test")


@pytest.mark.parametrize(("fault", "status"), [("act_and_drop", "AUTHORIZED"), ("drop_before", "DECLINED")])
async def test_call_that_may_have_been_sent_is_not_repeated_after_the_deadline(
    world: World, fault: str, status: str
) -> None:
    """Where no send arrived before the deadline, a later one would charge the buyer: an inquiry decides.

    The fifth send would be the first one without a fault, fifteen seconds after the first one.
    """
    reference = world.reference(f"repeat-after-deadline-{fault.replace('_', '-')}")
    world.fault(reference, "pay", fault, times=4)
    world.fault(reference, "notification", "none", times=-1)
    payment = await world.payments.authorize(await world.order(reference, card=VISA, completeWithin=14))
    assert payment.status == status
    assert payment.attempts[0].decidedBy == "INQUIRY"
    assert len(world.calls(reference, "pay")) <= 4
    assert world.ledger(reference).get("maxLiveAuthorizations", 0) == (status == "AUTHORIZED")


async def test_clock_of_a_later_attempt_starts_at_its_retry(world: World) -> None:
    reference = world.reference("retry-after-the-first-deadline")
    another = (await world.order(reference, card=VISA)).paymentMethod
    declined = await world.authorize(reference, card=DECLINED_VISA, completeWithin=60)
    assert declined.status is PaymentStatus.DECLINED
    await world.skip(reference, timedelta(seconds=120))
    assert (await world.payments.retry(reference, another)).status is PaymentStatus.AUTHORIZED
    await world.payments.cancel(reference, "end of the test")


async def test_later_attempt_that_is_not_sent_until_its_deadline_expires(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("retry-not-sent")
    order = await world.order(reference, card=DECLINED_VISA)
    another = (await world.order(reference, card=VISA)).paymentMethod
    async with unusable_at_first(world, ALWAYS, connects=True) as activities, split.workflows():
        async with split.activities():
            assert (await split.payments.authorize(order)).status is PaymentStatus.DECLINED
        async with split.activities(activities):
            retrying = asyncio.create_task(split.payments.retry(reference, another))
            await eventually(lambda: _has(world, reference, "ACTIVITY_TASK_FAILED"))
            await world.answer(reference, retrying, STEP)
            payment = await world.skip_until(reference, PaymentStatus.EXPIRED, step=STEP)
    assert payment.status is PaymentStatus.EXPIRED
    assert payment.attempts[1].resultCode == PAY_CALL_NOT_SENT
    assert len(world.calls(reference, "pay")) == 1
    await _assert_deleted(world, another.cardReference)


async def test_cancellation_of_a_payment_that_was_never_sent_makes_no_gateway_call(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("cancelled-before-it-was-sent")
    order = await world.order(reference, card=VISA)
    async with _unreachable_gateway(world, split):
        paying = asyncio.create_task(split.payments.authorize(order))
        await eventually(lambda: _has(world, reference, "ACTIVITY_TASK_FAILED"))
        payment = await split.payments.cancel(reference, "the buyer has left")
        await paying
    assert (payment.status, payment.review) == (PaymentStatus.CANCELLED, None)
    assert not any(reference in str(call) for call in world.simulator.calls())
    await _assert_deleted(world, order.paymentMethod.cardReference)
