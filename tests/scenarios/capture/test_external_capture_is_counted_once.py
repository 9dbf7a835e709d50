"""A capture in the dashboard, or one made before a restore from a backup, is counted once."""

import asyncio
import json
import secrets
from datetime import timedelta

from holdfast import Amount, Payment, PaymentStatus
from tests.support.eventually import eventually
from tests.support.world import World

EXTERNAL = "a capture that this payment did not request"
PART = Amount(currency="EUR", value="10000")
INQUIRY_REUSE = timedelta(seconds=2)
"""A little more than the time for which a refresh returns the result of the last inquiry."""


async def _captured_in_dashboard(world: World, story: str, value: int = 30000) -> str:
    """Returns an authorized payment with a capture of `value` minor units in the dashboard."""
    reference = world.reference(story)
    await world.authorize(reference)
    world.simulator.operate_dashboard(f"{reference}-1", "capture", captureRequestId="by-hand", value=value)
    return reference


async def _notify_capture(
    world: World, payment: Payment, request_id: str, result: dict[str, str], amount: Amount | None = None
) -> None:
    """Sends the gateway's notification of a capture, by default of the whole amount."""
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


async def test_external_capture_found_by_an_inquiry_ends_the_payment(world: World) -> None:
    reference = await _captured_in_dashboard(world, "external-capture")
    assert (await world.payments.refresh(reference)).status is PaymentStatus.CAPTURED
    final: Payment = await world.handle(reference).result()
    assert (final.capturedAmount, final.captures[0].captureRequestId) == (final.paymentAmount, "by-hand")
    assert final.review is not None
    assert final.review.reason == f"{EXTERNAL}: by-hand"
    assert await world.payments.capture(reference) == final
    assert not world.calls(reference, "capture")


async def test_external_capture_without_a_notification_is_found_before_the_void(
    world: World,
) -> None:
    reference = await _captured_in_dashboard(world, "external-capture-without-notification")
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(hours=12))
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_external_partial_capture_leaves_the_rest_to_the_merchant(world: World) -> None:
    reference = await _captured_in_dashboard(world, "external-capture-part", 10000)
    payment = await world.payments.refresh(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.PARTIALLY_CAPTURED, PART)
    payment = await world.payments.capture(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.CAPTURED, payment.paymentAmount)
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_capture_after_an_external_capture_takes_money_once(world: World) -> None:
    """The merchant does not know of the first one, and the gateway refuses the second one."""
    reference = await _captured_in_dashboard(world, "external-capture-and-capture")
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(seconds=16))
    await capturing
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_expired_remainder_ends_the_payment_as_captured(world: World) -> None:
    reference = world.reference("remainder-expired")
    await world.authorize(reference)
    await world.payments.capture(reference, PART, is_last_capture=False, key="first")
    world.fault(reference, "capture", "code_f", code="AUTH_EXPIRED")
    await world.payments.capture(reference)
    final: Payment = await world.handle(reference).result()
    assert (final.status, final.capturedAmount) == (PaymentStatus.CAPTURED, PART)
    assert world.ledger(reference)["capturedAmount"] == 10000


async def test_full_capture_after_an_external_partial_capture_takes_the_rest(world: World) -> None:
    reference = await _captured_in_dashboard(world, "external-capture-part-and-full", 10000)
    payment = await world.payments.capture(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.PARTIALLY_CAPTURED, PART)
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_external_partial_capture_is_counted_although_the_next_one_fails_as_expired(
    world: World,
) -> None:
    reference = await _captured_in_dashboard(world, "external-capture-expired", 10000)
    world.fault(reference, "capture", "code_f", code="AUTH_EXPIRED")
    await world.payments.capture(reference)
    final: Payment = await world.handle(reference).result()
    assert (final.status, final.capturedAmount) == (PaymentStatus.CAPTURED, PART)


async def test_external_capture_of_the_remainder_is_counted_and_reviewed(world: World) -> None:
    reference = world.reference("external-capture-remainder")
    await world.authorize(reference)
    await world.payments.capture(reference, PART, is_last_capture=False, key="first")
    world.simulator.operate_dashboard(f"{reference}-1", "capture", captureRequestId="by-hand", value=20000)
    payment = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(hours=12))
    assert payment.capturedAmount == payment.paymentAmount
    assert payment.review is not None


async def test_external_partial_capture_before_an_external_void_is_counted(world: World) -> None:
    reference = await _captured_in_dashboard(world, "external-capture-and-void", 10000)
    world.simulator.operate_dashboard(f"{reference}-1", "void")
    payment = await world.payments.refresh(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.PARTIALLY_CAPTURED, PART)
    final = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(hours=12))
    assert final.capturedAmount == PART


async def test_capture_in_a_mismatched_inquiry_is_not_counted(world: World) -> None:
    """All its amounts are one unit higher, so that the listed capture looks like a full one."""
    reference = await _captured_in_dashboard(world, "external-capture-wrong-amount", 29999)
    world.fault(reference, "inquiryPayment", "wrong_amount")
    payment = await world.payments.refresh(reference)
    assert (payment.status, payment.captures) == (PaymentStatus.NEEDS_REVIEW, ())

    await world.skip(reference, INQUIRY_REUSE)
    payment = await world.payments.refresh(reference)
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    payment = await world.payments.capture(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.CAPTURED, payment.paymentAmount)
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_notification_of_an_external_capture_before_the_inquiry_lists_it_is_counted(
    world: World,
) -> None:
    reference = world.reference("external-capture-unlisted")
    payment = await world.authorize(reference)
    world.fault(reference, "inquiryPayment", "without_captures")
    world.simulator.operate_dashboard(f"{reference}-1", "capture", captureRequestId="by-hand")
    await _notify_capture(world, payment, "by-hand", {"resultCode": "SUCCESS", "resultStatus": "S"})
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(seconds=70))


async def test_reversed_partial_capture_leaves_the_authorization_capturable(world: World) -> None:
    reference = world.reference("part-reversed")
    await world.authorize(reference)
    payment = await world.payments.capture(reference, PART, is_last_capture=False, key="first")
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    world.simulator.operate_dashboard(f"{reference}-1", "take_back", code="AUTH_EXPIRED")
    (first,) = payment.captures
    result = {"resultCode": "AUTH_EXPIRED", "resultStatus": "F"}
    await _notify_capture(world, payment, first.captureRequestId, result, PART)
    await world.becomes(reference, PaymentStatus.NEEDS_REVIEW)
    assert (await world.payments.refresh(reference)).status is PaymentStatus.AUTHORIZED
    payment = await world.payments.capture(reference, PART, is_last_capture=False, key="second")
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    await world.payments.capture(reference)
    assert world.ledger(reference)["capturedAmount"] == 30000
