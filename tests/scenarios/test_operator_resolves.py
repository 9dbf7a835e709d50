"""What nobody could find out is decided by a person: with a name, a reason and what was seen, by `settle`."""

import asyncio
from datetime import timedelta

import pytest

from holdfast import InvalidRequest, NotUnderReview, Outcome, PaymentEnded, PaymentStatus, Resolution
from holdfast.evidence import Source
from tests.support.eventually import eventually
from tests.support.world import DECLINED_VISA, World


def _says(outcome: Outcome, **more: str) -> Resolution:
    return Resolution(
        outcome=outcome, resolvedBy="ops-7", reason="gateway's support", evidence="case 4711", **more
    )


async def _unknown_pay(world: World, story: str) -> str:
    """The gateway gives an amount that does not fit, whenever it is asked."""
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


async def test_a_success_is_captured_as_any_other(world: World) -> None:
    reference = await _unknown_pay(world, "resolved-success")
    payment = await world.payments.resolve(reference, _says(Outcome.SUCCEEDED))
    assert (payment.status, payment.review) == (PaymentStatus.AUTHORIZED, None)
    assert payment.attempts[0].decidedBy is Source.OPERATOR
    said = [line.detail for line in payment.events if line.source is Source.OPERATOR]
    assert "ops-7: gateway's support (saw: case 4711)" in said
    world.simulator.clear_faults()
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_a_failure_takes_another_attempt(world: World) -> None:
    reference = await _unknown_pay(world, "resolved-failure")
    payment = await world.payments.resolve(reference, _says(Outcome.FAILED))
    assert payment.status is PaymentStatus.DECLINED
    await world.payments.cancel(reference, "end of the test")


async def test_a_cancellation_ends_the_payment(world: World) -> None:
    reference = await _unknown_pay(world, "resolved-cancelled")
    await world.payments.resolve(reference, _says(Outcome.CANCELLED))
    assert (await world.handle(reference).result()).status is PaymentStatus.CANCELLED


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Outcome.SUCCEEDED, PaymentStatus.CAPTURED), (Outcome.FAILED, PaymentStatus.AUTHORIZED)],
)
async def test_a_capture_is_decided(world: World, outcome: Outcome, status: PaymentStatus) -> None:
    reference = await _unknown_capture(world, f"resolved-capture-{outcome.lower()}")
    payment = await world.payments.resolve(reference, _says(outcome, captureRequestId=f"{reference}-c1"))
    assert (payment.status, payment.review) == (status, None)


async def test_what_does_not_fit_is_refused(world: World) -> None:
    reference = await _unknown_capture(world, "resolved-misfit")
    with pytest.raises(InvalidRequest, match=f"captureRequestId: must be {reference}-c1"):
        await world.payments.resolve(reference, _says(Outcome.SUCCEEDED))
    authorized = world.reference("resolved-nothing")
    await world.authorize(authorized)
    with pytest.raises(NotUnderReview, match="the gateway decides that"):
        await world.payments.resolve(authorized, _says(Outcome.FAILED))
    with pytest.raises(NotUnderReview, match="nothing"):
        await world.payments.resolve(authorized, _says(Outcome.SEEN))
    await world.payments.cancel(authorized, "end of the test")
    with pytest.raises(PaymentEnded):
        await world.payments.resolve(authorized, _says(Outcome.SEEN))


async def test_a_word_about_another_payment_is_not_applied(world: World) -> None:
    reference = await _unknown_pay(world, "resolved-mixed-up")
    payment = await world.payments.resolve(reference, _says(Outcome.SUCCEEDED, paymentId="2026000000"))
    assert payment.status is PaymentStatus.NEEDS_REVIEW
    assert payment.review is not None
    world.simulator.clear_faults()
    await world.payments.cancel(reference, "end of the test")


async def test_the_list_names_what_needs_review_until_somebody_has_looked(world: World) -> None:
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
    payment = await world.payments.resolve(reference, _says(Outcome.SEEN))
    assert (payment.status, payment.review) == (PaymentStatus.AUTHORIZED, None)
    await eventually(is_not_listed)
    await world.payments.cancel(reference, "end of the test")


async def test_an_operator_asks_by_the_command_line(world: World) -> None:
    """As documented for `temporal workflow update execute`: plain JSON, no client of ours."""
    reference = await _unknown_pay(world, "resolved-cli")
    word = {"outcome": "FAILED", "resolvedBy": "ops-7", "reason": "support", "evidence": "case 4711"}
    answer = await world.handle(reference).execute_update("resolve", word, result_type=dict)
    assert answer["status"] == "DECLINED"
    await world.payments.cancel(reference, "end of the test")


async def test_the_gateway_is_asked_before_an_operator_says_that_nothing_is_held(world: World) -> None:
    """It was away while the payment came under review, is back, and holds the money."""
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
    payment = await world.answer(reference, world.payments.resolve(reference, _says(Outcome.FAILED)))
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.review is not None, "an operator was wrong about money"
    assert payment.events[-1].source is Source.OPERATOR
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_a_word_on_one_attempt_leaves_the_review_of_another_that_holds_money(world: World) -> None:
    reference = world.reference("resolved-beside-a-hold")
    await world.authorize(reference, card=DECLINED_VISA)
    world.fault(reference, "cancel", "http_500", times=-1)
    world.fault(reference, "notification", "none", times=-1)
    with world.env.with_time_skipping_disabled():
        await world.payments.retry(reference, (await world.order(reference)).paymentMethod)
    world.simulator.plant(f"{reference}-1", "hold")
    await world.tell_success(reference)
    world.fault(reference, "inquiryPayment", "wrong_amount", times=-1)
    await world.buyer(reference, "pay", attempt=2)
    assert (await world.payments.refresh(reference)).status is PaymentStatus.NEEDS_REVIEW
    payment = await world.payments.resolve(reference, _says(Outcome.SUCCEEDED))
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.review is not None
    assert f"{reference}-1" in payment.review.reason
    world.simulator.clear_faults()
    await world.payments.cancel(reference, "end of the test")
    await world.skip_until(reference, PaymentStatus.CANCELLED, step=timedelta(minutes=10))
    await world.handle(reference).result()
    assert world.ledger(reference)["liveAuthorizations"] == 0
