"""An operator cancels the workflow at any time: no call is interrupted, and no hold is left."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from holdfast import Amount, PaymentStatus
from tests.support.eventually import eventually
from tests.support.world import DECLINED_VISA, VISA, World

State = Callable[[World, str], Awaitable[None]]


async def _cancel_workflow(world: World, reference: str) -> None:
    """Cancels the workflow, and waits until it has handled the request."""
    await world.handle(reference).cancel()
    await eventually(lambda: world.is_handled(reference, "WORKFLOW_EXECUTION_CANCEL_REQUESTED"))


@pytest.mark.parametrize("mode", ["MANUAL", "AUTOMATIC"])
async def test_cancellation_during_the_pay_call_releases_the_authorization(world: World, mode: str) -> None:
    reference = world.reference(f"operator-pay-{mode.lower()}")
    world.hold(reference, "pay", "delay")
    world.fault(reference, "automaticCapture", "delay", seconds=60)
    order = await world.order(reference, card=VISA, captureMode=mode)
    with world.env.with_time_skipping_disabled():
        paying = asyncio.create_task(world.payments.authorize(order))
        await eventually(lambda: bool(world.calls(reference, "pay")))
        await _cancel_workflow(world, reference)
        world.release(reference)
        await paying
        payment = await world.becomes(reference, PaymentStatus.CANCELLED)
    assert payment.review is None
    assert world.ledger(reference)["liveAuthorizations"] == 0
    assert world.ledger(reference)["capturedAmount"] == 0


async def test_cancellation_during_an_inquiry_releases_the_authorization(world: World) -> None:
    reference = world.reference("operator-inquiry")
    world.fault(reference, "pay", "act_and_drop", times=-1)
    world.fault(reference, "notification", "none", times=-1)
    world.hold(reference, "inquiryPayment", "act_and_delay")
    paying = asyncio.create_task(world.payments.authorize(await world.order(reference, card=VISA)))
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")), within=60)
    await _cancel_workflow(world, reference)
    world.release(reference)
    await paying
    await world.becomes(reference, PaymentStatus.CANCELLED)
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_cancellation_during_a_capture_is_flagged_and_the_capture_completes(world: World) -> None:
    reference = world.reference("operator-capture")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.hold(reference, "capture", "act_and_delay")
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "capture")))
    await _cancel_workflow(world, reference)
    world.release(reference)
    assert (await capturing).status is PaymentStatus.CAPTURED
    final = await world.handle(reference).result()
    assert final.review is not None
    assert final.review.reason.startswith("the workflow was cancelled, and this payment cannot be cancelled")
    assert len(world.calls(reference, "capture")) == 1


async def _waiting_for_the_buyer(world: World, reference: str) -> None:
    await world.authorize(reference, card=None)


async def _declined(world: World, reference: str) -> None:
    await world.authorize(reference, card=DECLINED_VISA)


async def _authorized(world: World, reference: str) -> None:
    await world.authorize(reference)


async def _under_review(world: World, reference: str) -> None:
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "inquiryPayment", "wrong_amount")
    await world.buyer(reference, "pay")
    assert (await world.payments.refresh(reference)).status is PaymentStatus.NEEDS_REVIEW


@pytest.mark.parametrize("state", [_waiting_for_the_buyer, _declined, _authorized, _under_review])
@pytest.mark.parametrize("at_once", [True, False])
async def test_cancellation_of_a_waiting_payment_leaves_no_hold(
    world: World, state: State, at_once: bool
) -> None:
    reference = world.reference(f"operator{state.__name__.replace('_', '-')}")
    await state(world, reference)
    if not at_once:
        await world.payments.get(reference)
    await world.handle(reference).cancel()
    await world.becomes(reference, PaymentStatus.CANCELLED)
    assert world.ledger(reference).get("liveAuthorizations", 0) == 0


async def test_cancellation_after_a_partial_capture_is_flagged(world: World) -> None:
    reference = world.reference("operator-partial")
    await world.authorize(reference)
    part = Amount(currency="EUR", value="100")
    await world.payments.capture(reference, part, is_last_capture=False, key="part")
    await world.handle(reference).cancel()
    payment = await world.payments.get(reference)
    while payment.review is None:
        payment = await world.payments.get(reference)
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    await world.payments.capture(reference)
