"""No worker for a moment, as in any deployment: what comes meanwhile is one activation, and order matters."""

import asyncio

import pytest

from holdfast import AttemptUnconfirmed, InvalidOrder, PaymentStatus
from holdfast.errors import HoldfastError, NotDeclined
from tests.support.eventually import eventually
from tests.support.scenarios.split import Split
from tests.support.world import DECLINED_VISA, VISA, World


@pytest.fixture
def split(world: World) -> Split:
    """Workers of its own for one test."""
    return Split(world)


async def test_a_decline_and_a_retry_while_the_first_pay_call_hangs(world: World, split: Split) -> None:
    """The second attempt's card is not the one to delete, and its pay call is not the one that was made."""
    reference = world.reference("meet-retry")
    world.fault(reference, "pay", "act_and_delay", seconds=1.5)
    order = await world.order(reference, card=DECLINED_VISA)
    another = (await world.order(reference, card=VISA)).paymentMethod
    with world.env.with_time_skipping_disabled():
        async with split.activities():
            async with split.workflows():
                paying = asyncio.create_task(split.payments.authorize(order))
                await eventually(lambda: bool(world.calls(reference, "pay")))
            await eventually(lambda: any(reference in str(sent) for sent in world.simulator.notifications()))
            retrying = asyncio.create_task(split.payments.retry(reference, another))
            await asyncio.sleep(0.3)
            async with split.workflows():
                assert (await retrying).status is PaymentStatus.AUTHORIZED
                await paying
                await world.payments.cancel(reference, "end of the test")
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1


async def test_a_refusal_and_a_cancel_do_not_wait_for_each_other(world: World, split: Split) -> None:
    reference = world.reference("meet-refusal")
    order = await world.order(reference, merchantAccount="nobody")
    async with split.workflows():
        with world.env.with_time_skipping_disabled():
            starting = asyncio.create_task(split.payments.authorize(order))
            await eventually(lambda: world.has_begun(reference))
            cancelling = asyncio.create_task(world.payments.cancel(reference, "changed their mind"))
            await asyncio.sleep(0.3)
        async with split.activities():
            answers = await asyncio.gather(starting, cancelling, return_exceptions=True)
    assert [type(answer) for answer in answers] == [InvalidOrder, InvalidOrder]
    assert world.calls(reference, "pay") == []


async def test_a_contradicted_decline_takes_no_retry(world: World, split: Split) -> None:
    """The decline was wrong, its notification of success meets the merchant's retry: one hold, not two."""
    reference = world.reference("meet-doubt")
    world.fault(reference, "pay", "code_f", code="DO_NOT_HONOR")
    another = (await world.order(reference)).paymentMethod
    with world.env.with_time_skipping_disabled():
        async with split.activities():
            async with split.workflows():
                declined = await split.payments.authorize(await world.order(reference, card=VISA))
                assert declined.status is PaymentStatus.DECLINED
            world.fault(reference, "inquiryPayment", "delay", seconds=1)
            await world.tell_success(reference)
            retrying = asyncio.create_task(split.payments.retry(reference, another))
            await asyncio.sleep(0.3)
            async with split.workflows():
                with pytest.raises((AttemptUnconfirmed, NotDeclined)) as refused:
                    await retrying
                assert isinstance(refused.value, HoldfastError)
                await world.payments.cancel(reference, "end of the test")
    assert len(world.calls(reference, "pay")) == 1


async def test_the_deadline_and_a_notification_meet(world: World, split: Split) -> None:
    reference = world.reference("meet-deadline")
    with world.env.with_time_skipping_disabled():
        async with split.activities():
            async with split.workflows():
                order = await world.order(reference, completeWithin=2)
                await split.payments.authorize(order)
            await world.buyer(reference, "pay")
            await asyncio.sleep(2.2)
            async with split.workflows():
                await world.becomes(reference, PaymentStatus.AUTHORIZED)
                await world.payments.cancel(reference, "end of the test")
