"""A payment that hangs is found within minutes, without a review, and leaves the list by itself."""

import asyncio
from datetime import datetime, timedelta

from holdfast import PaymentStatus
from holdfast.payment_list import PaymentFilter, list_payments
from settlement.operator.outcome_due import OUTCOME_WITHIN
from tests.support.eventually import eventually
from tests.support.world import World

SOON = OUTCOME_WITHIN + timedelta(seconds=1)


async def _after_last_transition(world: World, reference: str, after: timedelta) -> datetime:
    payment = await world.payments.get(reference)
    return (payment.progress.lastTransitionAt or payment.attempt.startedAt) + after


async def _overdue(world: World, reference: str, after: timedelta) -> list[str | None]:
    """Returns the status of the payment in the list of overdue payments, after its last transition."""
    at = await _after_last_transition(world, reference, after)
    return [each.status async for each in world.payments.overdue(at) if each.payment_reference == reference]


async def _becomes_overdue(world: World, reference: str, status: PaymentStatus, after: timedelta) -> None:
    async def is_overdue() -> bool:
        return await _overdue(world, reference, after) == [status]

    await eventually(is_overdue)
    payment = await world.payments.get(reference)
    assert payment.review is None
    which = PaymentFilter(overdueAt=await _after_last_transition(world, reference, after))
    listed = await list_payments(world.client, which, limit=100)
    assert reference in {each.paymentReference for each in listed}


async def _leaves_the_list(world: World, reference: str) -> None:
    async def is_gone() -> bool:
        return await _overdue(world, reference, timedelta(days=30)) == []

    await eventually(is_gone)


async def test_payment_without_an_answer_to_pay_is_overdue_until_it_has_one(world: World) -> None:
    reference = world.reference("overdue-pay")
    world.hold(reference, "pay", "delay")
    authorizing = asyncio.create_task(world.authorize(reference))
    await eventually(lambda: bool(world.calls(reference, "pay")))
    await _becomes_overdue(world, reference, PaymentStatus.AUTHORIZING, SOON)
    assert await _overdue(world, reference, OUTCOME_WITHIN - timedelta(seconds=1)) == []
    world.release(reference)
    assert (await authorizing).status is PaymentStatus.AUTHORIZED
    await _leaves_the_list(world, reference)
    await world.payments.cancel(reference, "end of the test")
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_capture_without_a_result_is_overdue_until_it_has_one(world: World) -> None:
    reference = world.reference("overdue-capture")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "inquiryPayment", "http_500", times=-1)
    world.fault(reference, "capture", "in_process", seconds=1)
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "capture")))
    await _becomes_overdue(world, reference, PaymentStatus.CAPTURING, timedelta(days=1))
    world.simulator.clear_faults(reference)
    await world.answer(reference, capturing)
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(minutes=5))
    await _leaves_the_list(world, reference)
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_pending_payment_is_overdue_until_the_buyer_is_known_to_have_finished(world: World) -> None:
    """The gateway documents days for a payment that the buyer has finished, and minutes for no other one."""
    reference = world.reference("overdue-pending")
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "pay", "act_and_code_u", code="PAYMENT_IN_PROCESS", times=-1)
    world.fault(reference, "inquiryPayment", "code_u", times=-1)
    assert (await world.authorize(reference)).status is PaymentStatus.PENDING
    await _becomes_overdue(world, reference, PaymentStatus.PENDING, SOON)
    await world.notify_success(
        reference,
        notifyType="PAYMENT_PENDING",
        result={"resultCode": "PAYMENT_IN_PROCESS", "resultStatus": "U", "resultMessage": "in process"},
    )
    await _leaves_the_list(world, reference)
    world.simulator.clear_faults(reference)
    assert (await world.payments.refresh(reference)).status is PaymentStatus.AUTHORIZED
    await world.payments.cancel(reference, "end of the test")


async def test_cancellation_without_a_confirmation_is_overdue_until_it_has_one(world: World) -> None:
    reference = world.reference("overdue-cancel")
    await world.authorize(reference)
    world.hold(reference, "cancel", "delay")
    cancelling = asyncio.create_task(world.payments.cancel(reference, "out of stock"))
    await eventually(lambda: bool(world.calls(reference, "cancel")))
    await _becomes_overdue(world, reference, PaymentStatus.CANCELLING, timedelta(days=1))
    world.release(reference)
    assert (await cancelling).status is PaymentStatus.CANCELLED
    await _leaves_the_list(world, reference)
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_captured_payment_is_not_overdue_and_has_no_further_event(world: World) -> None:
    """One update of the search attributes for each published status, which also carries what is due."""
    reference = world.reference("never-overdue")
    await world.authorize(reference)
    await world.payments.capture(reference)
    await world.handle(reference).result()
    # Temporal's list is behind by a moment
    await _leaves_the_list(world, reference)
    events = await world.events(reference)
    assert events.count("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES") == 3
