"""Deployment of another build: an open payment continues on it, and on the former one after a rollback."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from holdfast import PaymentStatus
from tests.support.eventually import eventually
from tests.support.replay.changed_workflows import ChangedPayment
from tests.support.scenarios.deployment import Deployment
from tests.support.world import World

OLD, NEW = "0000aaa", "0000bbb"
pytestmark = pytest.mark.timeout(500)


async def _started_with_redirect(world: World, deployment: Deployment, story: str) -> str:
    reference = world.reference(story)
    with world.env.with_time_skipping_disabled():
        payment = await deployment.payments.authorize(await world.order(reference))
    assert payment.status is PaymentStatus.ACTION_REQUIRED
    return reference


async def _assert_captured_once(world: World, deployment: Deployment, reference: str) -> None:
    assert (await deployment.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert (await world.handle(reference).result()).status is PaymentStatus.CAPTURED
    money = world.ledger(reference)
    assert (money["maxLiveAuthorizations"], money["capturedAmount"]) == (1, 30000)
    assert len(world.calls(reference, "pay")) == len(world.calls(reference, "capture")) == 1


async def test_open_payment_moves_to_the_promoted_build_and_back_after_a_rollback(
    world: World,
) -> None:
    deployment = Deployment(world)
    async with deployment.build(OLD), deployment.build(NEW):
        reference = await _started_with_redirect(world, deployment, "next-build")
        await deployment.wait_for_task_on(reference, OLD)
        await deployment.promote(NEW)
        await world.buyer(reference, "pay")
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
        await deployment.wait_for_task_on(reference, NEW)
        await deployment.promote(OLD)
        await _assert_captured_once(world, deployment, reference)
        await deployment.wait_for_task_on(reference, OLD)


async def test_open_payment_continues_after_the_last_worker_of_its_build_has_stopped(world: World) -> None:
    deployment = Deployment(world)
    async with AsyncExitStack() as new:
        async with deployment.build(OLD):
            reference = await _started_with_redirect(world, deployment, "old-build-stopped")
            await new.enter_async_context(deployment.build(NEW))
            await deployment.promote(NEW)
        await world.buyer(reference, "pay")
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
        await _assert_captured_once(world, deployment, reference)


async def test_payment_of_an_unversioned_worker_continues_on_the_first_build(world: World) -> None:
    """The first build of a deployment needs no promotion by an operator."""
    deployment = Deployment(world)
    async with deployment.build(None):
        reference = await _started_with_redirect(world, deployment, "before-builds")
        await deployment.wait_for_task_on(reference, "")
    async with deployment.build(OLD):
        await world.buyer(reference, "pay")
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
        await deployment.wait_for_task_on(reference, OLD)
        await _assert_captured_once(world, deployment, reference)


async def test_pay_call_in_flight_during_a_promotion_is_made_once(world: World) -> None:
    deployment = Deployment(world)
    async with deployment.build(OLD), deployment.build(NEW):
        reference = world.reference("promoted-during-pay")
        world.hold(reference, "pay", "delay")
        world.fault(f"{reference}-1", "notification", "none")
        with world.env.with_time_skipping_disabled():
            order = await world.order(reference, card="4054695723100768")
            authorizing = asyncio.create_task(deployment.payments.authorize(order))
            await eventually(lambda: len(world.calls(reference, "pay")) == 1)
            await deployment.set_current(NEW)
            world.release(reference)
            payment = await authorizing
        await deployment.is_routed()
        assert payment.status is PaymentStatus.AUTHORIZED
        assert payment.attempts[0].decidedBy == "PAY_RESPONSE"
        # the answer can arrive before the promotion is complete; the refresh causes a further workflow task
        await deployment.payments.refresh(reference)
        await deployment.wait_for_task_on(reference, NEW)
        await _assert_captured_once(world, deployment, reference)


async def test_build_that_cannot_replay_stops_a_payment_until_the_rollback(
    world: World,
) -> None:
    deployment = Deployment(world)
    async with deployment.build(OLD), deployment.build(NEW, [ChangedPayment]):
        reference = await _started_with_redirect(world, deployment, "bad-build")
        await deployment.promote(NEW)
        await world.buyer(reference, "pay")

        async def has_failed() -> bool:
            return "WORKFLOW_TASK_FAILED" in await world.events(reference)

        await eventually(has_failed)
        await deployment.promote(OLD)
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
        await _assert_captured_once(world, deployment, reference)
