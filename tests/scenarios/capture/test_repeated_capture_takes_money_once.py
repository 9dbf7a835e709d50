"""A capture is requested ten times, or answered late, never or wrongly: money is captured once."""

import asyncio
from datetime import timedelta

import pytest

from holdfast import (
    AlreadyCaptured,
    Amount,
    AmountExceedsAuthorization,
    AutomaticCapture,
    CaptureInProgress,
    NotAuthorized,
    PaymentEnded,
    PaymentStatus,
)
from holdfast.payment import CaptureStatus
from tests.support.eventually import eventually
from tests.support.world import AGAIN, DECLINED_VISA, World

PART = Amount(currency="EUR", value="10000")
LOST = ["act_and_drop", "act_and_500", "garbage", "truncated", "unsigned", "bad_signature", "act_and_code_u"]


async def _authorized(world: World, story: str) -> str:
    reference = world.reference(story)
    assert (await world.authorize(reference)).status is PaymentStatus.AUTHORIZED
    return reference


async def _is_asked_about(world: World, reference: str) -> None:
    """Time passes between the tries of a call that never arrives, until the gateway is asked about it."""
    asked = eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    await world.answer(reference, asked, timedelta(seconds=2))


def _captures(world: World, reference: str) -> list[tuple[str, int]]:
    entries = world.ledger(reference)["captures"]
    return [(e["captureRequestId"], e["amount"]) for e in entries if e["status"] == "SUCCESS"]


@pytest.mark.parametrize("fault", [*LOST, "drop_before", "http_500", "code_u"])
async def test_capture_after_one_lost_response_is_repeated_with_the_same_id(world: World, fault: str) -> None:
    reference = await _authorized(world, f"capture-{fault}")
    world.fault(reference, "capture", fault)
    world.fault(reference, "notification", "none", times=-1)
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]


async def test_partial_capture_after_a_lost_response_is_made_once(world: World) -> None:
    """A remainder is still held, so that a repeat under another id would capture money again."""
    reference = await _authorized(world, "part-lost")
    world.fault(reference, "capture", "act_and_drop")
    world.fault(reference, "notification", "none", times=-1)
    payment = await world.payments.capture(reference, PART, is_last_capture=False, key="first-half")
    assert _captures(world, reference) == [(f"{reference}-c1", 10000)]
    assert payment.capturedAmount == PART
    await world.payments.capture(reference)


async def test_partial_capture_is_counted_although_its_repeat_fails(world: World) -> None:
    reference = await _authorized(world, "part-f-on-repeat")
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "act_and_drop")
    world.fault(reference, "capture", "code_f", code="KEY_NOT_FOUND")
    payment = await world.payments.capture(reference, PART, is_last_capture=False, key="first-half")
    assert world.ledger(reference)["capturedAmount"] == 10000
    assert payment.capturedAmount == PART
    await world.payments.capture(reference)


async def test_second_partial_capture_that_never_arrived_is_made_beside_the_first(world: World) -> None:
    reference = await _authorized(world, "second-part-lost")
    world.fault(reference, "notification", "none", times=-1)
    await world.payments.capture(reference, PART, is_last_capture=False, key="first")
    world.fault(reference, "capture", "drop_before", times=4)
    capturing = asyncio.create_task(
        world.payments.capture(reference, PART, is_last_capture=False, key="second")
    )
    await _is_asked_about(world, reference)
    await world.skip_until(reference, PaymentStatus.PARTIALLY_CAPTURED, step=timedelta(seconds=30))
    await capturing
    assert _captures(world, reference) == [(f"{reference}-c1", 10000), (f"{reference}-c2", 10000)]
    await world.payments.capture(reference)


async def test_capture_without_any_response_is_found_by_inquiry(world: World) -> None:
    reference = await _authorized(world, "capture-always-lost")
    world.fault(reference, "capture", "act_and_drop", times=-1)
    world.fault(reference, "notification", "none", times=-1)
    await world.answer(reference, world.payments.capture(reference), timedelta(seconds=2))
    payment = await world.becomes(reference, PaymentStatus.CAPTURED)
    assert payment.captures[0].captureRequestId == f"{reference}-c1"
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]


async def test_capture_that_never_arrived_is_repeated_with_the_same_id(world: World) -> None:
    reference = await _authorized(world, "capture-never-arrived")
    world.fault(reference, "capture", "drop_before", times=4)
    capturing = asyncio.create_task(world.payments.capture(reference))
    await _is_asked_about(world, reference)
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=AGAIN)
    await capturing
    assert {c["captureRequestId"] for c in world.calls(reference, "capture")} == {f"{reference}-c1"}
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]


async def test_ten_concurrent_captures_make_one_capture(world: World) -> None:
    reference = await _authorized(world, "ten-captures")
    answers = await asyncio.gather(*(world.payments.capture(reference) for _ in range(10)))
    assert PaymentStatus.CAPTURED in {answer.status for answer in answers}
    assert {answer.status for answer in answers} <= {PaymentStatus.CAPTURED, PaymentStatus.CAPTURING}, (
        "callers beyond the few that wait are answered at once"
    )
    assert len(world.calls(reference, "capture")) == 1
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]


async def test_two_concurrent_captures_of_one_amount_with_two_keys_are_two_captures(world: World) -> None:
    """The second one is refused with CaptureInProgress, and not answered with the first capture."""
    reference = await _authorized(world, "two-shipments")
    world.fault(reference, "capture", "in_process", seconds=600)
    with world.env.with_time_skipping_disabled():
        first = asyncio.create_task(
            world.payments.capture(reference, PART, is_last_capture=False, key="shipment-1")
        )
        await eventually(lambda: bool(world.calls(reference, "capture")))
        with pytest.raises(CaptureInProgress):
            await world.payments.capture(reference, PART, is_last_capture=False, key="shipment-2")
        world.simulator.advance(601)
        assert (await first).capturedAmount == PART
    await world.payments.capture(reference, PART, is_last_capture=False, key="shipment-2")
    assert _captures(world, reference) == [(f"{reference}-c1", 10000), (f"{reference}-c2", 10000)]
    await world.payments.capture(reference)


async def test_capture_in_process_is_answered_after_twenty_seconds_and_decided_later(world: World) -> None:
    reference = await _authorized(world, "capture-slow")
    world.fault(reference, "capture", "in_process", seconds=600)
    world.fault(reference, "notification", "none", times=-1)
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "capture")))
    await world.skip(reference, timedelta(seconds=21))
    assert (await capturing).status is PaymentStatus.CAPTURING
    world.simulator.advance(601)
    payment = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(minutes=10))
    assert payment.captures[0].status is CaptureStatus.SUCCESS
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]


async def test_failed_capture_keeps_the_authorization_and_is_repeated_under_a_new_id(world: World) -> None:
    reference = await _authorized(world, "capture-failed")
    world.fault(reference, "capture", "code_f", code="USER_BALANCE_NOT_ENOUGH")
    payment = await world.payments.capture(reference)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.captures[0].status is CaptureStatus.FAIL
    assert payment.review is not None
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert _captures(world, reference) == [(f"{reference}-c2", 30000)]


async def test_capture_without_an_outcome_for_a_day_is_reviewed(world: World) -> None:
    reference = await _authorized(world, "capture-unknown")
    world.fault(reference, "capture", "in_process", seconds=5 * 86_400)
    world.fault(reference, "notification", "none", times=-1)
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "capture")))
    payment = await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(hours=5))
    assert (await capturing).status in {PaymentStatus.CAPTURING, PaymentStatus.NEEDS_REVIEW}
    assert payment.review is not None


async def test_last_partial_capture_releases_the_rest(world: World) -> None:
    reference = await _authorized(world, "capture-part")
    payment = await world.payments.capture(reference, PART, is_last_capture=False, key="first-half")
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    again = await world.payments.capture(reference, PART)
    assert again.status is PaymentStatus.CAPTURED
    assert again.capturedAmount == Amount(currency="EUR", value="20000")


async def test_invalid_capture_is_refused_before_anything_is_sent(world: World) -> None:
    reference = await _authorized(world, "capture-refused")
    with pytest.raises(AmountExceedsAuthorization, match="at most EUR 300"):
        await world.payments.capture(reference, Amount(currency="EUR", value="30001"))
    with pytest.raises(AmountExceedsAuthorization, match=r"captureAmount\.currency: .* authorized in EUR"):
        await world.payments.capture(reference, Amount(currency="USD", value="30000"))
    assert world.calls(reference, "capture") == []
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED, (
        "a repeat returns the same result"
    )
    with pytest.raises((AlreadyCaptured, PaymentEnded)):
        await world.payments.capture(reference, Amount(currency="EUR", value="100"))
    with pytest.raises(AlreadyCaptured):
        await world.payments.cancel(reference, "too late")


async def test_capture_of_a_declined_or_automatic_payment_is_refused(world: World) -> None:
    declined = world.reference("capture-declined")
    await world.authorize(declined, card=DECLINED_VISA)
    with pytest.raises(NotAuthorized):
        await world.payments.capture(declined)
    await world.payments.cancel(declined, "end of the test")
    automatic = world.reference("capture-automatic")
    world.fault(automatic, "automaticCapture", "none")
    await world.authorize(automatic, captureMode="AUTOMATIC")
    with pytest.raises(AutomaticCapture):
        await world.payments.capture(automatic)
    await world.payments.cancel(automatic, "end of the test")
