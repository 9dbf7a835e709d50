"""The gateway's inquiries lag behind its pay calls: ORDER_NOT_EXIST once does not prove absence."""

import asyncio
from datetime import timedelta

from holdfast import Amount, PaymentStatus
from tests.support.eventually import eventually
from tests.support.world import VISA, World

ABSENT = "ORDER_NOT_EXIST"
PART = Amount(currency="EUR", value="10000")


async def _wait_for_the_second_inquiry(world: World, reference: str) -> None:
    """Skips the fifteen seconds between the first and the second inquiry."""
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    await world.skip(reference, timedelta(seconds=16))


async def _authorized_with_lost_capture(world: World, story: str, *, repeat: str) -> str:
    """Returns an authorized payment with faults for a capture, its repeat and three inquiries."""
    reference = world.reference(story)
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "act_and_drop")
    world.fault(reference, "capture", "code_f", code=repeat)
    world.fault(reference, "inquiryPayment", "code_f", code="SYSTEM_ERROR", times=3)
    return reference


async def test_failed_repeat_and_one_absent_inquiry_do_not_decline(world: World) -> None:
    """The first send was processed and its response lost; the repeat fails with SYSTEM_ERROR."""
    reference = world.reference("absent-once")
    world.fault(reference, "pay", "act_and_drop")
    world.fault(reference, "pay", "code_f", code="SYSTEM_ERROR")
    world.fault(reference, "inquiryPayment", "code_f", code=ABSENT)
    world.fault(reference, "notification", "none", times=-1)
    paying = asyncio.create_task(world.authorize(reference))
    await _wait_for_the_second_inquiry(world, reference)
    assert (await paying).status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_card_deleted_after_the_pay_call_does_not_decline(world: World) -> None:
    """A worker stopped after it had deleted the card: the next one cannot repeat the successful call."""
    reference = world.reference("card-deleted")
    world.fault(reference, "pay", "act_and_drop")
    world.fault(reference, "inquiryPayment", "code_f", code=ABSENT)
    world.fault(reference, "notification", "none", times=-1)
    order = await world.order(reference, card=VISA)
    assert order.paymentMethod.cardReference is not None
    with world.env.with_time_skipping_disabled():
        paying = asyncio.create_task(world.payments.authorize(order))
        await eventually(lambda: bool(world.calls(reference, "pay")))
        await world.vault.delete(order.paymentMethod.cardReference)
        await _wait_for_the_second_inquiry(world, reference)
        assert (await paying).status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_refused_cancel_of_an_absent_payment_leads_to_an_inquiry(world: World) -> None:
    """After three ORDER_NOT_EXIST, the cancel that is to close the payment finds it captured."""
    reference = world.reference("absent-but-captured")
    world.fault(reference, "pay", "act_and_drop", times=5)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "inquiryPayment", "code_f", code=ABSENT, times=3)
    order = await world.order(reference, card=VISA, captureMode="AUTOMATIC")
    await world.payments.authorize(order)
    await world.becomes(reference, PaymentStatus.CAPTURED)


async def test_cancel_answered_order_not_exist_is_sent_again(world: World) -> None:
    reference = world.reference("cancel-overtakes")
    await world.authorize(reference)
    world.fault(reference, "cancel", "code_f", code=ABSENT)
    cancelling = asyncio.create_task(world.payments.cancel(reference, "out of stock"))
    await eventually(lambda: bool(world.calls(reference, "cancel")))
    await world.skip_until(reference, PaymentStatus.CANCELLED, step=timedelta(seconds=11))
    assert (await cancelling).status is PaymentStatus.CANCELLED
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_failed_repeat_of_a_capture_and_one_empty_inquiry_do_not_capture_twice(world: World) -> None:
    """The first send captured a part; the failure of its repeat must not lead to a second capture."""
    reference = world.reference("capture-absent-once")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "act_and_drop")
    world.fault(reference, "capture", "code_f", code="ACCESS_DENIED")
    world.fault(reference, "inquiryPayment", "without_captures")
    taking = asyncio.create_task(world.payments.capture(reference, PART, is_last_capture=False, key="first"))
    await _wait_for_the_second_inquiry(world, reference)
    assert (await taking).capturedAmount == PART
    assert world.ledger(reference)["capturedAmount"] == 10000
    await world.payments.capture(reference)


async def test_interrupted_capture_is_repeated_as_a_repeat(world: World) -> None:
    """A mismatched inquiry interrupts the call, which captures a part. The failure of its repeat, which the
    merchant requests, may concern the repeat only.
    """
    reference = world.reference("capture-interrupted")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.hold(reference, "capture", "act_and_delay")
    world.fault(reference, "inquiryPayment", "wrong_amount")
    world.fault(reference, "capture", "code_f", code="ACCESS_DENIED")
    with world.env.with_time_skipping_disabled():
        taking = asyncio.create_task(world.payments.capture(reference, PART))
        await eventually(lambda: bool(world.calls(reference, "capture")))
        assert (await world.payments.refresh(reference)).status is PaymentStatus.NEEDS_REVIEW
        world.release(reference)
        await taking
        await eventually(lambda: world.ledger(reference)["capturedAmount"] == 10000)
        again = await world.payments.capture(reference, PART)
    assert again.capturedAmount == PART
    assert world.ledger(reference)["capturedAmount"] == 10000


async def test_failed_repeat_of_a_capture_during_failing_inquiries_is_found_captured(world: World) -> None:
    """The failure AUTH_EXPIRED concerns the repeat only: the first send captured the money."""
    reference = await _authorized_with_lost_capture(world, "capture-inquiry-fails", repeat="AUTH_EXPIRED")
    taking = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    payment = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(seconds=30))
    await taking
    assert world.ledger(reference)["capturedAmount"] == 30000
    assert payment.capturedAmount == Amount(currency="EUR", value="30000")


async def test_failed_repeat_of_a_partial_capture_during_failing_inquiries_is_found_captured(
    world: World,
) -> None:
    """Three failing inquiries do not make the part available for another capture."""
    reference = await _authorized_with_lost_capture(world, "part-inquiry-fails", repeat="ACCESS_DENIED")
    taking = asyncio.create_task(world.payments.capture(reference, PART, is_last_capture=False, key="first"))
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    payment = await world.skip_until(reference, PaymentStatus.PARTIALLY_CAPTURED, step=timedelta(seconds=30))
    await taking
    assert world.ledger(reference)["capturedAmount"] == 10000
    assert payment.capturedAmount == PART
    await world.payments.capture(reference)


async def test_authorized_payment_that_the_gateway_does_not_know_is_reviewed_and_not_cancelled(
    world: World,
) -> None:
    """The account has another client id, and the other gateway does not know the payment."""
    reference = world.reference("unknown-to-the-gateway")
    await world.authorize(reference)
    world.fault(reference, "cancel", "code_f", code=ABSENT, times=6)
    world.fault(reference, "inquiryPayment", "code_f", code=ABSENT, times=25)
    cancelling = asyncio.create_task(world.payments.cancel(reference, "out of stock"))
    payment = await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(seconds=16))
    assert payment.review is not None
    await cancelling
    assert world.ledger(reference)["liveAuthorizations"] == 1
    await world.skip_until(reference, PaymentStatus.CANCELLED, step=timedelta(minutes=10))
    assert world.ledger(reference)["liveAuthorizations"] == 0
