"""The gateway's record is CANCELLED and lists the capture of this payment: the money is captured."""

import asyncio

from holdfast import Payment, PaymentStatus
from holdfast.payment import CaptureStatus
from tests.support.eventually import eventually
from tests.support.world import AGAIN, World


async def _capture_without_an_answer(world: World, scenario: str) -> tuple[str, asyncio.Task[Payment]]:
    """Returns an authorized payment whose capture is made, and whose answers and notifications are lost."""
    reference = world.reference(scenario)
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "inquiryPayment", "http_500", times=3)
    world.fault(reference, "capture", "act_and_drop", times=4)
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: world.ledger(reference)["capturedAmount"] == 30000)
    return reference, capturing


async def test_capture_in_a_cancelled_record_is_counted(world: World) -> None:
    reference, capturing = await _capture_without_an_answer(world, "captured-and-cancelled")
    world.simulator.operate_dashboard(f"{reference}-1", "void")
    await world.answer(reference, capturing)
    payment = await world.skip_until(
        reference, PaymentStatus.CAPTURED, PaymentStatus.CANCELLED, step=AGAIN * 2
    )
    assert world.ledger(reference)["capturedAmount"] == 30000
    assert payment.status is PaymentStatus.CAPTURED
    assert payment.capturedAmount == payment.paymentAmount
    assert payment.review is not None, "the gateway's record contradicts itself"


async def test_cancelled_record_that_lags_behind_the_capture_does_not_end_the_payment(world: World) -> None:
    """The first record is CANCELLED and does not list the capture yet; a later one lists it."""
    reference, capturing = await _capture_without_an_answer(world, "cancelled-before-captured")
    world.fault(reference, "inquiryPayment", "without_captures", times=1)
    world.simulator.operate_dashboard(f"{reference}-1", "void")
    await world.answer(reference, capturing)
    payment = await world.skip_until(
        reference, PaymentStatus.CAPTURED, PaymentStatus.CANCELLED, step=AGAIN * 2
    )
    assert world.ledger(reference)["capturedAmount"] == 30000
    assert payment.status is PaymentStatus.CAPTURED


async def test_void_during_a_capture_that_never_arrived_ends_as_cancelled(world: World) -> None:
    reference = world.reference("void-during-capture")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "drop_before", times=4)
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "capture")))
    world.simulator.operate_dashboard(f"{reference}-1", "void")
    await world.answer(reference, capturing)
    payment = await world.skip_until(
        reference, PaymentStatus.CAPTURED, PaymentStatus.CANCELLED, step=AGAIN * 2
    )
    assert payment.status is PaymentStatus.CANCELLED
    assert [capture.status for capture in payment.captures] == [CaptureStatus.FAIL]
    assert world.ledger(reference)["liveAuthorizations"] == 0
    assert world.ledger(reference)["capturedAmount"] == 0


async def test_void_during_a_capture_in_process_ends_as_cancelled(world: World) -> None:
    """The gateway says that it processes the capture, and never made it; then it is voided there."""
    reference = world.reference("void-during-capture-in-process")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "code_u", code="CAPTURE_IN_PROCESS")
    await world.answer(reference, world.payments.capture(reference))
    world.simulator.operate_dashboard(f"{reference}-1", "void")
    payment = await world.skip_until(
        reference, PaymentStatus.CAPTURED, PaymentStatus.CANCELLED, step=AGAIN * 2
    )
    assert payment.status is PaymentStatus.CANCELLED
    assert payment.review is None
    assert world.ledger(reference)["liveAuthorizations"] == 0
