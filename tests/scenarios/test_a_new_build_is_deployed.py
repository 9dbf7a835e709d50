"""A payment outlives the build it was started on: it goes on with the next one, and back when that is bad."""

import asyncio
from contextlib import AsyncExitStack

from holdfast import PaymentStatus
from tests.support.eventually import eventually
from tests.support.replay.changed import ChangedPayment
from tests.support.scenarios.deploying import Deployment
from tests.support.world import World

OLD, NEW = "0000aaa", "0000bbb"


async def _waits_for_the_buyer(world: World, deployment: Deployment, story: str) -> str:
    reference = world.reference(story)
    with world.env.with_time_skipping_disabled():
        payment = await deployment.payments.authorize(await world.order(reference))
    assert payment.status is PaymentStatus.ACTION_REQUIRED
    return reference


async def _is_captured_once(world: World, deployment: Deployment, reference: str) -> None:
    assert (await deployment.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert (await world.handle(reference).result()).status is PaymentStatus.CAPTURED
    money = world.ledger(reference)
    assert (money["maxLiveAuthorizations"], money["capturedAmount"]) == (1, 30000)
    assert len(world.calls(reference, "pay")) == len(world.calls(reference, "capture")) == 1


async def test_an_open_payment_moves_to_the_promoted_build_and_back_when_that_is_rolled_back(
    world: World,
) -> None:
    deployment = Deployment(world)
    async with deployment.build(OLD), deployment.build(NEW):
        reference = await _waits_for_the_buyer(world, deployment, "next-build")
        await deployment.goes_on_at(reference, OLD)
        await deployment.promote(NEW)
        await world.buyer(reference, "pay")
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
        await deployment.goes_on_at(reference, NEW)
        await deployment.promote(OLD)
        await _is_captured_once(world, deployment, reference)
        await deployment.goes_on_at(reference, OLD)


async def test_an_open_payment_outlives_the_last_worker_of_its_build(world: World) -> None:
    deployment = Deployment(world)
    async with AsyncExitStack() as new:
        async with deployment.build(OLD):
            reference = await _waits_for_the_buyer(world, deployment, "old-build-gone")
            await new.enter_async_context(deployment.build(NEW))
            await deployment.promote(NEW)
        await world.buyer(reference, "pay")
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
        await _is_captured_once(world, deployment, reference)


async def test_a_payment_from_before_there_were_builds_goes_on_with_the_first_one(world: World) -> None:
    """The first build of a deployment needs no operator; the worker without a version goes when it likes."""
    deployment = Deployment(world)
    async with deployment.build(None):
        reference = await _waits_for_the_buyer(world, deployment, "before-builds")
        await deployment.goes_on_at(reference, "")
    async with deployment.build(OLD):
        await world.buyer(reference, "pay")
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
        await deployment.goes_on_at(reference, OLD)
        await _is_captured_once(world, deployment, reference)


async def test_a_pay_call_in_flight_ends_on_its_build_and_is_not_made_again(world: World) -> None:
    deployment = Deployment(world)
    async with deployment.build(OLD), deployment.build(NEW):
        reference = world.reference("promoted-during-pay")
        world.fault(reference, "pay", "delay", seconds=1.5)
        world.fault(f"{reference}-1", "notification", "none")
        with world.env.with_time_skipping_disabled():
            order = await world.order(reference, card="4054695723100768")
            merchant = asyncio.create_task(deployment.payments.authorize(order))
            await eventually(lambda: len(world.calls(reference, "pay")) == 1)
            await deployment.promote(NEW)
            payment = await merchant
        assert payment.status is PaymentStatus.AUTHORIZED
        assert payment.attempts[0].decidedBy == "PAY_RESPONSE"
        # on a busy machine the answer can be there before the promotion is, and nothing else brings a task
        await deployment.payments.refresh(reference)
        await deployment.goes_on_at(reference, NEW)
        await _is_captured_once(world, deployment, reference)


async def test_a_build_that_cannot_replay_a_payment_stops_it_and_a_roll_back_lets_it_go_on(
    world: World,
) -> None:
    deployment = Deployment(world)
    async with deployment.build(OLD), deployment.build(NEW, [ChangedPayment]):
        reference = await _waits_for_the_buyer(world, deployment, "bad-build")
        await deployment.promote(NEW)
        await world.buyer(reference, "pay")

        async def has_failed() -> bool:
            return "WORKFLOW_TASK_FAILED" in await world.events(reference)

        await eventually(has_failed)
        await deployment.promote(OLD)
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
        await _is_captured_once(world, deployment, reference)
