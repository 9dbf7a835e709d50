"""The gateway captures automatically: CAPTURED is reported only with evidence. Ship on CAPTURED."""

from datetime import UTC, datetime, timedelta

from holdfast import PaymentStatus
from holdfast.evidence import CaptureEvidence, Source, Verdict
from holdfast.payment import CaptureStatus
from holdfast.temporal.names import NOTIFICATION
from settlement.notification import VerifiedNotification
from tests.support.eventually import eventually
from tests.support.world import World


async def test_automatic_capture_without_a_notification_is_found_by_inquiry(world: World) -> None:
    reference = world.reference("auto-no-notification")
    world.fault(reference, "notification", "none", times=-1)
    payment = await world.authorize(reference, captureMode="AUTOMATIC")
    assert payment.status is PaymentStatus.AUTHORIZED
    await eventually(lambda: world.ledger(reference)["capturedAmount"] == 30000)
    captured = await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(minutes=1))
    assert captured.events[-1].source is Source.INQUIRY


async def test_automatic_capture_without_evidence_for_a_day_is_reviewed_and_not_a_success(
    world: World,
) -> None:
    reference = world.reference("auto-no-capture")
    world.fault(reference, "automaticCapture", "none", times=-1)
    await world.authorize(reference, captureMode="AUTOMATIC")
    assert await world.skip(reference, timedelta(hours=25))
    payment = await world.payments.get(reference)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.review is not None
    assert world.ledger(reference)["capturedAmount"] == 0
    await world.payments.cancel(reference, "not captured")
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_automatic_capture_that_failed_is_reviewed(world: World) -> None:
    reference = world.reference("auto-capture-failed")
    world.fault(reference, "automaticCapture", "code_f", times=-1, code="USER_BALANCE_NOT_ENOUGH")
    await world.authorize(reference, captureMode="AUTOMATIC")
    await world.skip(reference, timedelta(minutes=1))
    payment = await world.payments.get(reference)
    while payment.review is None:
        payment = await world.payments.refresh(reference)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.captures[0].status is CaptureStatus.FAIL
    await world.payments.cancel(reference, "end of the test")


async def test_automatic_capture_under_review_is_never_sent_by_holdfast(world: World) -> None:
    """Under review, a capture that no inquiry lists is sent again, but never an automatic one."""
    reference = world.reference("auto-capture-unlisted")
    world.fault(reference, "automaticCapture", "none", times=-1)
    world.fault(reference, "notification", "none", times=-1)
    await world.authorize(reference, captureMode="AUTOMATIC")
    in_process = CaptureEvidence(
        source=Source.NOTIFICATION, verdict=Verdict.IN_PROCESS, captureRequestId=f"AUTO-{reference}"
    )
    await world.handle(reference).signal(
        NOTIFICATION,
        VerifiedNotification(
            merchantAccount="default",
            notifyType="CAPTURE_RESULT",
            receivedAt=datetime.now(UTC),
            evidence=in_process,
        ),
    )
    world.fault(reference, "inquiryPayment", "wrong_amount", times=1)
    payment = await world.payments.refresh(reference)
    assert (payment.status, len(payment.captures)) == (PaymentStatus.NEEDS_REVIEW, 1)
    payment = await world.skip_until(reference, PaymentStatus.AUTHORIZED, step=timedelta(minutes=10))
    await world.skip(reference, timedelta(hours=12))
    assert world.calls(reference, "capture") == []
    assert world.ledger(reference)["capturedAmount"] == 0
    assert payment.captures[0].status is CaptureStatus.PROCESSING
