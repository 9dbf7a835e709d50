"""Money that somebody took in the dashboard, or Holdfast before it was restored from a backup, counts."""

import asyncio
import json
import secrets
from datetime import timedelta

from holdfast import Amount, Payment, PaymentStatus
from tests.support.eventually import eventually
from tests.support.world import World

FOREIGN = "a capture that this payment never asked for"
PART = Amount(currency="EUR", value="10000")
ANSWER_IS_SHARED = timedelta(seconds=2)
"""For how long a question may be answered by what the gateway said before, and a little more."""


async def _taken_by_hand(world: World, story: str, value: int = 30000) -> str:
    """A payment that is authorized, of which somebody takes so much in the dashboard."""
    reference = world.reference(story)
    await world.authorize(reference)
    world.simulator.plant(f"{reference}-1", "capture", captureRequestId="by-hand", value=value)
    return reference


async def _notify_capture(
    world: World, payment: Payment, request_id: str, result: dict[str, str], amount: Amount | None = None
) -> None:
    """Send the gateway's notification of a capture, of the whole amount by default."""
    content = {
        "notifyType": "CAPTURE_RESULT",
        "result": {**result, "resultMessage": result["resultCode"].lower()},
        "captureRequestId": request_id,
        "paymentId": payment.attempt.paymentId,
        "captureId": "1",
        "captureAmount": (amount or payment.paymentAmount).model_dump(mode="json"),
        "nonce": secrets.token_hex(8),
    }
    assert await world.notify(payment.paymentReference, json.dumps(content).encode()) == 200


async def test_a_capture_by_hand_ends_the_payment_once_an_inquiry_shows_it(world: World) -> None:
    reference = await _taken_by_hand(world, "by-hand")
    assert (await world.payments.refresh(reference)).status is PaymentStatus.CAPTURED
    final: Payment = await world.handle(reference).result()
    assert (final.capturedAmount, final.captures[0].captureRequestId) == (final.paymentAmount, "by-hand")
    assert final.review is not None
    assert final.review.reason == f"{FOREIGN}: by-hand"
    assert await world.payments.capture(reference) == final
    assert not world.calls(reference, "capture")


async def test_a_capture_by_hand_of_which_nobody_told_is_found_when_the_hold_is_to_be_let_go(
    world: World,
) -> None:
    reference = await _taken_by_hand(world, "by-hand-unheard")
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(hours=12))
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_a_part_taken_by_hand_leaves_the_rest_to_the_merchant(world: World) -> None:
    reference = await _taken_by_hand(world, "by-hand-part", 10000)
    payment = await world.payments.refresh(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.PARTIALLY_CAPTURED, PART)
    payment = await world.payments.capture(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.CAPTURED, payment.paymentAmount)
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_a_capture_asked_for_beside_one_by_hand_takes_nothing_twice(world: World) -> None:
    """The merchant did not know, and the gateway refuses the second one."""
    reference = await _taken_by_hand(world, "by-hand-meets-capture")
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(seconds=16))
    await capturing
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_a_remainder_that_the_gateway_no_longer_holds_is_not_waited_for(world: World) -> None:
    reference = world.reference("remainder-gone")
    await world.authorize(reference)
    await world.payments.capture(reference, PART, is_last_capture=False, key="first")
    world.fault(reference, "capture", "code_f", code="AUTH_EXPIRED")
    await world.payments.capture(reference)
    final: Payment = await world.handle(reference).result()
    assert (final.status, final.capturedAmount) == (PaymentStatus.CAPTURED, PART)
    assert world.ledger(reference)["capturedAmount"] == 10000


async def test_the_merchant_wants_all_of_what_is_partly_taken_by_hand(world: World) -> None:
    reference = await _taken_by_hand(world, "by-hand-part-and-all", 10000)
    payment = await world.payments.capture(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.PARTIALLY_CAPTURED, PART)
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_a_capture_that_finds_nothing_held_does_not_hide_what_was_taken_by_hand(world: World) -> None:
    reference = await _taken_by_hand(world, "by-hand-then-expired", 10000)
    world.fault(reference, "capture", "code_f", code="AUTH_EXPIRED")
    await world.payments.capture(reference)
    final: Payment = await world.handle(reference).result()
    assert (final.status, final.capturedAmount) == (PaymentStatus.CAPTURED, PART)


async def test_the_rest_taken_by_hand_is_not_called_released(world: World) -> None:
    reference = world.reference("by-hand-rest")
    await world.authorize(reference)
    await world.payments.capture(reference, PART, is_last_capture=False, key="first")
    world.simulator.plant(f"{reference}-1", "capture", captureRequestId="by-hand", value=20000)
    payment = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(hours=12))
    assert payment.capturedAmount == payment.paymentAmount
    assert payment.review is not None


async def test_what_was_taken_by_hand_before_a_void_by_hand_is_not_cancelled(world: World) -> None:
    reference = await _taken_by_hand(world, "by-hand-void", 10000)
    world.simulator.plant(f"{reference}-1", "void")
    payment = await world.payments.refresh(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.PARTIALLY_CAPTURED, PART)
    final = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(hours=12))
    assert final.capturedAmount == PART


async def test_an_answer_with_another_amount_does_not_vouch_for_what_it_lists(world: World) -> None:
    """It says one more of everything, so that what it lists looks like the whole."""
    reference = await _taken_by_hand(world, "by-hand-lie", 29999)
    world.fault(reference, "inquiryPayment", "wrong_amount")
    payment = await world.payments.refresh(reference)
    assert (payment.status, payment.captures) == (PaymentStatus.NEEDS_REVIEW, ())

    await world.skip(reference, ANSWER_IS_SHARED)
    payment = await world.payments.refresh(reference)
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    payment = await world.payments.capture(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.CAPTURED, payment.paymentAmount)
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_a_notice_of_it_and_a_record_that_lags(world: World) -> None:
    reference = world.reference("by-hand-lags")
    payment = await world.authorize(reference)
    world.fault(reference, "inquiryPayment", "without_captures")
    world.simulator.plant(f"{reference}-1", "capture", captureRequestId="by-hand")
    await _notify_capture(world, payment, "by-hand", {"resultCode": "SUCCESS", "resultStatus": "S"})
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(seconds=70))


async def test_a_part_taken_back_says_nothing_about_what_is_held(world: World) -> None:
    reference = world.reference("part-taken-back")
    await world.authorize(reference)
    payment = await world.payments.capture(reference, PART, is_last_capture=False, key="first")
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    world.simulator.plant(f"{reference}-1", "take_back", code="AUTH_EXPIRED")
    (first,) = payment.captures
    result = {"resultCode": "AUTH_EXPIRED", "resultStatus": "F"}
    await _notify_capture(world, payment, first.captureRequestId, result, PART)
    await world.becomes(reference, PaymentStatus.NEEDS_REVIEW)
    assert (await world.payments.refresh(reference)).status is PaymentStatus.AUTHORIZED
    payment = await world.payments.capture(reference, PART, is_last_capture=False, key="second")
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    await world.payments.capture(reference)
    assert world.ledger(reference)["capturedAmount"] == 30000
