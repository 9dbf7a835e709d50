"""An operator resolves a review with a name, a reason and evidence, which `settle` applies."""

import asyncio
from datetime import timedelta

import pytest

from holdfast import (
    InvalidRequest,
    NotUnderReview,
    Outcome,
    Payment,
    PaymentEnded,
    PaymentStatus,
    Resolution,
    ResolutionUnconfirmed,
)
from holdfast.source import Source
from tests.support.eventually import eventually
from tests.support.world import DECLINED_VISA, World


def _resolution(outcome: Outcome, **more: object) -> Resolution:
    said = {"resolvedBy": "ops-7", "reason": "gateway's support", "evidence": "case 4711"}
    return Resolution.model_validate({"outcome": outcome, **said, **more})


async def _unknown_pay(world: World, story: str) -> str:
    """Returns a payment under review: all its inquiries have a mismatched amount."""
    reference = world.reference(story)
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "inquiryPayment", "wrong_amount", times=-1)
    await world.buyer(reference, "pay")
    assert (await world.payments.refresh(reference)).status is PaymentStatus.NEEDS_REVIEW
    return reference


async def _unknown_capture(world: World, story: str) -> str:
    reference = world.reference(story)
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "in_process", seconds=5 * 86_400)
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "capture")))
    await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(hours=5))
    await capturing
    return reference


async def test_payment_resolved_as_succeeded_is_captured(world: World) -> None:
    reference = await _unknown_pay(world, "resolved-success")
    payment = await world.payments.resolve(reference, _resolution(Outcome.SUCCEEDED, force=True))
    assert (payment.status, payment.review) == (PaymentStatus.AUTHORIZED, None)
    assert payment.attempts[0].decidedBy is Source.OPERATOR
    details = [line.detail for line in payment.events if line.source is Source.OPERATOR]
    assert "ops-7: gateway's support (evidence: case 4711), sent with force" in details
    world.simulator.clear_faults()
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_success_of_a_payment_with_another_amount_needs_force(world: World) -> None:
    reference = await _unknown_pay(world, "resolved-other-amount")
    with pytest.raises(ResolutionUnconfirmed, match="leaves the payment open or has it with other data"):
        await world.payments.resolve(reference, _resolution(Outcome.SUCCEEDED))
    payment = await world.payments.get(reference)
    assert (payment.status, payment.authorizedAmount) == (PaymentStatus.NEEDS_REVIEW, None)
    world.simulator.clear_faults()
    await world.payments.cancel(reference, "end of the test")
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_success_of_a_capture_in_process_needs_force(world: World) -> None:
    reference = await _unknown_capture(world, "resolved-open-capture")
    with pytest.raises(ResolutionUnconfirmed, match=f"leaves the capture {reference}-c1 open"):
        await world.payments.resolve(
            reference, _resolution(Outcome.SUCCEEDED, captureRequestId=f"{reference}-c1")
        )
    payment = await world.payments.get(reference)
    assert (payment.status, payment.captured_minor_units) == (PaymentStatus.NEEDS_REVIEW, 0)


async def test_payment_resolved_as_failed_is_declined(world: World) -> None:
    reference = await _unknown_pay(world, "resolved-failure")
    with pytest.raises(ResolutionUnconfirmed, match="a payment that has taken money or may still take it"):
        await world.payments.resolve(reference, _resolution(Outcome.FAILED))
    assert await world.has_status(reference, PaymentStatus.NEEDS_REVIEW)
    payment = await world.payments.resolve(reference, _resolution(Outcome.FAILED, force=True))
    assert payment.status is PaymentStatus.DECLINED
    await world.payments.cancel(reference, "end of the test")


async def test_payment_resolved_as_cancelled_ends(world: World) -> None:
    reference = await _unknown_pay(world, "resolved-cancelled")
    await world.payments.resolve(reference, _resolution(Outcome.CANCELLED, force=True))
    assert (await world.handle(reference).result()).status is PaymentStatus.CANCELLED


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Outcome.SUCCEEDED, PaymentStatus.CAPTURED), (Outcome.FAILED, PaymentStatus.AUTHORIZED)],
)
async def test_capture_under_review_is_decided_by_the_resolution(
    world: World, outcome: Outcome, status: PaymentStatus
) -> None:
    reference = await _unknown_capture(world, f"resolved-capture-{outcome.lower()}")
    payment = await world.payments.resolve(
        reference, _resolution(outcome, captureRequestId=f"{reference}-c1", force=True)
    )
    assert (payment.status, payment.review) == (status, None)


async def test_capture_in_process_is_not_made_again_after_a_resolution_as_failed(world: World) -> None:
    """The gateway's record still has the capture: with a new request id it would take the money twice."""
    reference = await _unknown_capture(world, "resolved-in-process")
    with pytest.raises(ResolutionUnconfirmed, match=f"a capture {reference}-c1 that has taken money or may"):
        await world.payments.resolve(
            reference, _resolution(Outcome.FAILED, captureRequestId=f"{reference}-c1")
        )
    await world.payments.capture(reference)
    assert [capture["captureRequestId"] for capture in world.ledger(reference)["captures"]] == [
        f"{reference}-c1"
    ]


async def test_resolution_that_does_not_match_the_review_is_refused(world: World) -> None:
    reference = await _unknown_capture(world, "resolved-mismatch")
    with pytest.raises(InvalidRequest, match=f"captureRequestId: must be {reference}-c1"):
        await world.payments.resolve(reference, _resolution(Outcome.SUCCEEDED))
    authorized = world.reference("resolved-nothing")
    await world.authorize(authorized)
    with pytest.raises(NotUnderReview, match="the gateway decides its outcome"):
        await world.payments.resolve(authorized, _resolution(Outcome.FAILED))
    with pytest.raises(NotUnderReview, match="no review to acknowledge"):
        await world.payments.resolve(authorized, _resolution(Outcome.ACKNOWLEDGED))
    await world.payments.cancel(authorized, "end of the test")
    with pytest.raises(PaymentEnded):
        await world.payments.resolve(authorized, _resolution(Outcome.ACKNOWLEDGED))


async def test_resolution_with_another_payment_id_is_not_applied(world: World) -> None:
    reference = await _unknown_pay(world, "resolved-other-payment")
    other = _resolution(Outcome.SUCCEEDED, paymentId="2026000000", force=True)
    payment = await world.payments.resolve(reference, other)
    assert payment.status is PaymentStatus.NEEDS_REVIEW
    assert payment.review is not None
    world.simulator.clear_faults()
    await world.payments.cancel(reference, "end of the test")


async def test_list_of_reviews_contains_a_payment_until_it_is_acknowledged(world: World) -> None:
    reference = world.reference("resolved-seen")
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "wrong_amount")
    await world.buyer(reference, "pay")
    await world.becomes(reference, PaymentStatus.AUTHORIZED)

    async def is_listed() -> bool:
        return reference in [item.payment_reference async for item in world.payments.needing_review()]

    async def is_not_listed() -> bool:
        return not await is_listed()

    await eventually(is_listed)
    payment = await world.payments.resolve(reference, _resolution(Outcome.ACKNOWLEDGED))
    assert (payment.status, payment.review) == (PaymentStatus.AUTHORIZED, None)
    await eventually(is_not_listed)
    await world.payments.cancel(reference, "end of the test")


async def test_resolution_in_plain_json_is_accepted(world: World) -> None:
    """The JSON that the documentation gives for `temporal workflow update execute`."""
    reference = await _unknown_pay(world, "resolved-cli")
    resolution = {"outcome": "FAILED", "resolvedBy": "ops-7", "reason": "support", "evidence": "case 4711"}
    forced = {**resolution, "force": True}
    answer = await world.handle(reference).execute_update("resolve", forced, result_type=dict)
    assert answer["status"] == "DECLINED"
    await world.payments.cancel(reference, "end of the test")


async def test_resolution_as_failed_of_an_authorized_payment_is_contradicted_by_an_inquiry(
    world: World,
) -> None:
    """The gateway was unavailable when the review began; it is available again and holds the money."""
    reference = world.reference("resolved-too-soon")
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "pay", "act_and_drop", times=5)
    world.fault(reference, "inquiryPayment", "http_500", times=-1)
    authorizing = asyncio.create_task(world.authorize(reference))
    asked = eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    await world.answer(reference, asked, timedelta(seconds=2))
    await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(minutes=2))
    await authorizing
    world.simulator.clear_faults(reference)
    payment = await world.answer(reference, world.payments.resolve(reference, _resolution(Outcome.FAILED)))
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.review is not None, "the resolution contradicts the gateway"
    assert payment.events[-1].source is Source.OPERATOR
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def _silent_gateway(world: World, story: str, pay_fault: str = "act_and_drop") -> str:
    """Returns a payment under review whose gateway has answered nothing, and still does not answer."""
    reference = world.reference(story)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "pay", pay_fault, times=5)
    world.fault(reference, "inquiryPayment", "http_500", times=-1)
    authorizing = asyncio.create_task(world.authorize(reference))
    asked = eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    await world.answer(reference, asked, timedelta(seconds=2))
    await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(minutes=2))
    await authorizing
    return reference


async def _resolve(world: World, reference: str, outcome: Outcome, **more: object) -> Payment:
    """Resolves the payment while time is skipped for the tries of the inquiry."""
    call = world.payments.resolve(reference, _resolution(outcome, **more))
    return await world.answer(reference, call, timedelta(seconds=2))


@pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, Outcome.FAILED, Outcome.CANCELLED])
async def test_resolution_while_the_gateway_is_silent_is_refused(world: World, outcome: Outcome) -> None:
    reference = await _silent_gateway(world, f"resolved-in-silence-{outcome.lower()}")
    with pytest.raises(ResolutionUnconfirmed, match="the gateway has not answered") as refused:
        await _resolve(world, reference, outcome, paymentId="2026")
    assert '"force": true' in str(refused.value)
    assert await world.has_status(reference, PaymentStatus.NEEDS_REVIEW)
    world.simulator.clear_faults(reference)
    await world.payments.cancel(reference, "end of the test")
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_forced_resolution_while_the_gateway_is_silent_is_applied(world: World) -> None:
    reference = await _silent_gateway(world, "resolved-with-force")
    payment_id = world.simulator.ledger()["payments"][f"{reference}-1"]["paymentId"]
    payment = await _resolve(world, reference, Outcome.SUCCEEDED, paymentId=payment_id, force=True)
    assert (payment.status, payment.review) == (PaymentStatus.AUTHORIZED, None)
    assert (payment.events[-1].detail or "").endswith("sent with force")
    world.simulator.clear_faults(reference)
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_resolution_as_succeeded_of_a_payment_that_never_arrived_is_refused(world: World) -> None:
    """The pay calls were lost before the gateway: its ledger holds no money for the order."""
    reference = await _silent_gateway(world, "resolved-without-order", pay_fault="drop_before")
    world.simulator.clear_faults(reference)
    with pytest.raises(ResolutionUnconfirmed, match="no such successful payment"):
        await _resolve(world, reference, Outcome.SUCCEEDED, paymentId="2026")
    assert world.ledger(reference) == {}
    assert (await world.payments.get(reference)).authorizedAmount is None
    await world.answer(reference, world.payments.cancel(reference, "end of the test"))


async def test_resolution_as_succeeded_is_contradicted_by_a_cancelled_record(world: World) -> None:
    reference = await _unknown_pay(world, "resolved-against-a-void")
    world.simulator.clear_faults()
    world.simulator.operate_dashboard(f"{reference}-1", "void")
    payment = await _resolve(world, reference, Outcome.SUCCEEDED)
    assert payment.status is PaymentStatus.CANCELLED
    assert payment.review is not None, "the resolution contradicts the gateway"
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_resolution_that_the_gateway_confirms_ends_the_review(world: World) -> None:
    reference = await _silent_gateway(world, "resolved-and-confirmed")
    world.simulator.clear_faults(reference)
    payment = await _resolve(world, reference, Outcome.SUCCEEDED, paymentId="2026")
    assert (payment.status, payment.review) == (PaymentStatus.AUTHORIZED, None)
    assert payment.attempts[0].decidedBy is Source.INQUIRY
    await world.payments.cancel(reference, "end of the test")


async def test_resolution_as_succeeded_of_a_capture_that_never_arrived_is_refused(world: World) -> None:
    reference = await _unknown_capture(world, "resolved-without-capture")
    world.simulator.clear_faults(reference)
    world.fault(reference, "inquiryPayment", "without_captures", times=-1)
    with pytest.raises(ResolutionUnconfirmed, match=f"no such successful capture {reference}-c1"):
        await world.payments.resolve(
            reference, _resolution(Outcome.SUCCEEDED, captureRequestId=f"{reference}-c1")
        )
    assert await world.has_status(reference, PaymentStatus.NEEDS_REVIEW)
    world.simulator.clear_faults(reference)


async def test_resolution_of_one_attempt_keeps_the_review_of_another_that_holds_money(world: World) -> None:
    reference = world.reference("resolved-beside-a-hold")
    await world.authorize(reference, card=DECLINED_VISA)
    world.fault(reference, "cancel", "http_500", times=-1)
    world.fault(reference, "notification", "none", times=-1)
    with world.env.with_time_skipping_disabled():
        await world.payments.retry(reference, (await world.order(reference)).paymentMethod)
    world.simulator.operate_dashboard(f"{reference}-1", "hold")
    await world.notify_success(reference)
    world.fault(reference, "inquiryPayment", "wrong_amount", times=-1)
    await world.buyer(reference, "pay", attempt=2)
    assert (await world.payments.refresh(reference)).status is PaymentStatus.NEEDS_REVIEW
    payment = await world.payments.resolve(reference, _resolution(Outcome.SUCCEEDED, force=True))
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.review is not None
    assert f"{reference}-1" in payment.review.reason
    world.simulator.clear_faults()
    await world.payments.cancel(reference, "end of the test")
    await world.skip_until(reference, PaymentStatus.CANCELLED, step=timedelta(minutes=10))
    await world.handle(reference).result()
    assert world.ledger(reference)["liveAuthorizations"] == 0
