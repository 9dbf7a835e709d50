"""Messages that arrive while no worker runs are handled in one activation, in a safe order."""

import asyncio
from datetime import timedelta

import pytest

from holdfast import AttemptUnconfirmed, InvalidOrder, PaymentStatus
from holdfast.errors import HoldfastError, NotDeclined
from holdfast.order import CancelRequest, RetryRequest
from holdfast.temporal import names
from tests.support.eventually import eventually
from tests.support.scenarios.split_workers import SplitWorkers
from tests.support.world import DECLINED_VISA, VISA, World


@pytest.fixture
def split(world: World) -> SplitWorkers:
    """A task queue with workers of its own."""
    return SplitWorkers(world)


async def test_retry_during_the_first_pay_call_keeps_its_card_and_authorizes_once(
    world: World, split: SplitWorkers
) -> None:
    """The second attempt's card is not deleted, and its pay call is not taken for the first one."""
    reference = world.reference("concurrent-retry")
    world.hold(reference, "pay", "act_and_delay")
    order = await world.order(reference, card=DECLINED_VISA)
    another = (await world.order(reference, card=VISA)).paymentMethod
    with world.env.with_time_skipping_disabled():
        async with split.activities():
            async with split.workflows():
                paying = asyncio.create_task(split.payments.authorize(order))
                await eventually(lambda: bool(world.calls(reference, "pay")))
            await eventually(lambda: any(reference in str(sent) for sent in world.simulator.notifications()))
            world.release(reference)
            retrying = await split.sent(reference, names.RETRY, RetryRequest(paymentMethod=another))
            async with split.workflows():
                assert (await retrying).status is PaymentStatus.AUTHORIZED
                await paying
                await world.payments.cancel(reference, "end of the test")
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1


async def test_cancel_during_the_refusal_of_an_order_does_not_deadlock(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("concurrent-refusal")
    order = await world.order(reference, merchantAccount="unknown")
    async with split.workflows():
        with world.env.with_time_skipping_disabled():
            starting = asyncio.create_task(split.payments.authorize(order))
            await eventually(lambda: world.has_begun(reference))
            cancelling = await split.sent(reference, names.CANCEL, CancelRequest(reason="changed their mind"))
        async with split.activities():
            answers = await asyncio.gather(starting, cancelling, return_exceptions=True)
    assert [type(answer) for answer in answers] == [InvalidOrder, InvalidOrder]
    assert world.calls(reference, "pay") == []


async def test_retry_of_a_contradicted_decline_is_refused(world: World, split: SplitWorkers) -> None:
    """A notification contradicts the decline and arrives together with the retry: one hold, not two."""
    reference = world.reference("concurrent-contradiction")
    world.fault(reference, "pay", "code_f", code="DO_NOT_HONOR")
    another = (await world.order(reference)).paymentMethod
    with world.env.with_time_skipping_disabled():
        async with split.activities():
            async with split.workflows():
                declined = await split.payments.authorize(await world.order(reference, card=VISA))
                assert declined.status is PaymentStatus.DECLINED
            world.fault(reference, "inquiryPayment", "delay", seconds=1)
            await world.notify_success(reference)
            retrying = await split.sent(reference, names.RETRY, RetryRequest(paymentMethod=another))
            async with split.workflows():
                with pytest.raises((AttemptUnconfirmed, NotDeclined)) as refused:
                    await retrying
                assert isinstance(refused.value, HoldfastError)
                await world.payments.cancel(reference, "end of the test")
    assert len(world.calls(reference, "pay")) == 1


async def test_notification_at_the_deadline_is_applied(world: World, split: SplitWorkers) -> None:
    reference = world.reference("concurrent-deadline")
    with world.env.with_time_skipping_disabled():
        async with split.activities():
            async with split.workflows():
                order = await world.order(reference, completeWithin=60)
                await split.payments.authorize(order)
            await world.buyer(reference, "pay")
            await eventually(lambda: world.has_event(reference, "WORKFLOW_EXECUTION_SIGNALED"))
            await world.skip(reference, timedelta(seconds=61))
            async with split.workflows():
                await world.becomes(reference, PaymentStatus.AUTHORIZED)
                await world.payments.cancel(reference, "end of the test")
