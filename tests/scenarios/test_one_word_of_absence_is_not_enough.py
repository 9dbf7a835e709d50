"""The gateway's inquiry lags behind its pay: "no such order" once is no proof that nothing is held."""

import asyncio
from datetime import timedelta

from holdfast import Amount, PaymentStatus
from tests.support.eventually import eventually
from tests.support.world import VISA, World

ABSENT = "ORDER_NOT_EXIST"
PART = Amount(currency="EUR", value="10000")


async def _asked_a_second_time(world: World, reference: str) -> None:
    """Fifteen seconds after the first time."""
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    await world.skip(reference, timedelta(seconds=16))


async def _captured_in_the_dark(world: World, story: str, *, repeat: str) -> str:
    """Authorized; a capture's answer will be lost, its repeat fail, and so will three inquiries after it."""
    reference = world.reference(story)
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "act_and_drop")
    world.fault(reference, "capture", "code_f", code=repeat)
    world.fault(reference, "inquiryPayment", "code_f", code="SYSTEM_ERROR", times=3)
    return reference


async def test_a_repeat_that_fails_and_an_inquiry_that_lags(world: World) -> None:
    """The first send was acted on and lost, its repeat was answered with a failure of the gateway's own."""
    reference = world.reference("absent-once")
    world.fault(reference, "pay", "act_and_drop")
    world.fault(reference, "pay", "code_f", code="SYSTEM_ERROR")
    world.fault(reference, "inquiryPayment", "code_f", code=ABSENT)
    world.fault(reference, "notification", "none", times=-1)
    paying = asyncio.create_task(world.authorize(reference))
    await _asked_a_second_time(world, reference)
    assert (await paying).status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_a_worker_that_died_after_it_deleted_the_card(world: World) -> None:
    """Its successor finds no card to repeat the call with, although the call has succeeded."""
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
        await _asked_a_second_time(world, reference)
        assert (await paying).status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_a_cancel_that_is_refused_says_that_something_is_there(world: World) -> None:
    """Three times absent, and then the cancel that is to close it finds it captured."""
    reference = world.reference("absent-but-captured")
    world.fault(reference, "pay", "act_and_drop", times=5)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "inquiryPayment", "code_f", code=ABSENT, times=3)
    order = await world.order(reference, card=VISA, captureMode="AUTOMATIC")
    payment = await world.payments.authorize(order)
    assert payment.status in {PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED}
    await world.becomes(reference, PaymentStatus.CAPTURED)


async def test_a_cancel_that_overtook_the_pay_call_is_sent_again(world: World) -> None:
    reference = world.reference("cancel-overtakes")
    await world.authorize(reference)
    world.fault(reference, "cancel", "code_f", code=ABSENT)
    cancelling = asyncio.create_task(world.payments.cancel(reference, "out of stock"))
    await eventually(lambda: bool(world.calls(reference, "cancel")))
    await world.skip_until(reference, PaymentStatus.CANCELLED, step=timedelta(seconds=11))
    assert (await cancelling).status is PaymentStatus.CANCELLED
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_a_repeated_capture_that_fails_and_an_inquiry_that_lags(world: World) -> None:
    """The first send took a part; to believe the failure of its repeat would be to take that part twice."""
    reference = world.reference("capture-absent-once")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "act_and_drop")
    world.fault(reference, "capture", "code_f", code="ACCESS_DENIED")
    world.fault(reference, "inquiryPayment", "without_captures")
    taking = asyncio.create_task(world.payments.capture(reference, PART, is_last_capture=False, key="first"))
    await _asked_a_second_time(world, reference)
    assert (await taking).capturedAmount == PART
    assert world.ledger(reference)["capturedAmount"] == 10000
    await world.payments.capture(reference)


async def test_a_capture_that_was_called_off_is_not_sent_again_as_if_for_the_first_time(world: World) -> None:
    """An inquiry that does not fit breaks off the call, which takes a part all the same. What is answered to
    its repeat, for whom a person asks, may be about the repeat alone.
    """
    reference = world.reference("capture-called-off")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "act_and_delay", seconds=1)
    world.fault(reference, "inquiryPayment", "wrong_amount")
    world.fault(reference, "capture", "code_f", code="ACCESS_DENIED")
    with world.env.with_time_skipping_disabled():
        taking = asyncio.create_task(world.payments.capture(reference, PART))
        await eventually(lambda: bool(world.calls(reference, "capture")))
        assert (await world.payments.refresh(reference)).status is PaymentStatus.NEEDS_REVIEW
        await taking
        await eventually(lambda: world.ledger(reference)["capturedAmount"] == 10000)
        again = await world.payments.capture(reference, PART)
    assert again.capturedAmount == PART
    assert world.ledger(reference)["capturedAmount"] == 10000


async def test_a_capture_whose_repeat_fails_while_inquiries_fail(world: World) -> None:
    """That the authorization has lapsed is told of the repeat alone: the first send took the money."""
    reference = await _captured_in_the_dark(world, "capture-inquiry-fails", repeat="AUTH_EXPIRED")
    taking = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    payment = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(seconds=30))
    await taking
    assert world.ledger(reference)["capturedAmount"] == 30000
    assert payment.capturedAmount == Amount(currency="EUR", value="30000")


async def test_a_part_whose_repeat_fails_while_inquiries_fail(world: World) -> None:
    """Three inquiries that fail do not make the part one that the merchant may ask for again."""
    reference = await _captured_in_the_dark(world, "part-inquiry-fails", repeat="ACCESS_DENIED")
    taking = asyncio.create_task(world.payments.capture(reference, PART, is_last_capture=False, key="first"))
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    payment = await world.skip_until(reference, PaymentStatus.PARTIALLY_CAPTURED, step=timedelta(seconds=30))
    await taking
    assert world.ledger(reference)["capturedAmount"] == 10000
    assert payment.capturedAmount == PART
    await world.payments.capture(reference)


async def test_what_was_authorized_is_not_cancelled_because_nobody_knows_it(world: World) -> None:
    """As after an account got another client id: with good reason, the wrong gateway knows of nothing."""
    reference = world.reference("disowned")
    await world.authorize(reference)
    world.fault(reference, "cancel", "code_f", code=ABSENT, times=6)
    world.fault(reference, "inquiryPayment", "code_f", code=ABSENT, times=25)
    cancelling = asyncio.create_task(world.payments.cancel(reference, "out of stock"))
    await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(seconds=16))
    assert (await cancelling).review is not None
    assert world.ledger(reference)["liveAuthorizations"] == 1
    await world.skip_until(reference, PaymentStatus.CANCELLED, step=timedelta(minutes=10))
    assert world.ledger(reference)["liveAuthorizations"] == 0
