"""What must be true of a payment after each step, whatever the step was."""

from holdfast.attempt_status import AttemptStatus as A
from holdfast.evidence import PaymentEvidence, Source
from holdfast.payment import CaptureStatus, Payment
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event, target
from tests.support.settlement.model import Claim

HELD = {S.AUTHORIZED, S.CAPTURING, S.PARTIALLY_CAPTURED, S.CAPTURED}
TAKEN = {S.PARTIALLY_CAPTURED, S.CAPTURED}


def check_trail(before: Payment, after: Payment) -> None:
    assert after.events[: len(before.events)] == before.events, "the audit trail only grows"
    at = before.status
    for line in after.events[len(before.events) :]:
        assert line.from_ is at
        assert line.to is (target(at, line.event) if line.event else at), "every move is an edge"
        if line.from_.is_final and line.to is not line.from_:
            assert line.event is Event.CAPTURE_REVERSED, "final statuses change by correction alone"
        at = line.to
    assert after.status is at, "no move without a line in the trail"


def check_money(payment: Payment) -> None:
    done = [c.captureAmount.minor_units for c in payment.captures if c.status is CaptureStatus.SUCCESS]
    assert sum(done) == (payment.capturedAmount.minor_units if payment.capturedAmount else 0)
    assert sum(done) <= payment.paymentAmount.minor_units
    assert payment.authorizedAmount in (None, payment.paymentAmount)
    open_captures = [c for c in payment.captures if c.status is CaptureStatus.PROCESSING]
    assert len(open_captures) <= 1
    ids = [c.captureRequestId for c in payment.captures]
    assert len(set(ids)) == len(ids)
    if payment.status is S.CAPTURING:
        assert open_captures
    if payment.status in HELD:
        assert payment.authorizedAmount is not None
    if payment.status in TAKEN:
        assert payment.capturedAmount is not None


def check_attempts(before: Payment, after: Payment) -> None:
    assert [a.paymentRequestId for a in after.attempts] == [
        f"ORDER_1-{number}" for number in range(1, len(after.attempts) + 1)
    ]
    ids = [a.paymentId for a in after.attempts if a.paymentId]
    assert len(set(ids)) == len(ids), "no two attempts are the same payment at the gateway"
    for was, now in zip(before.attempts, after.attempts, strict=False):
        assert now.paymentId == was.paymentId or not was.paymentId, "an id that is known stays"
        assert now.startedAt == was.startedAt
    if after.status is S.DECLINED:
        assert after.attempt.status is A.DECLINED
    if after.status is S.ACTION_REQUIRED:
        assert after.nextAction is not None
    else:
        assert after.nextAction is None


def check_claim(before: Payment, after: Payment, claim: Claim) -> None:
    is_about_another = isinstance(claim, PaymentEvidence) and (
        claim.paymentRequestId != before.attempt.paymentRequestId
    )
    if is_about_another:
        assert (after.status, after.attempt) == (before.status, before.attempt) or (
            claim.source is Source.INQUIRY and after.status is S.NEEDS_REVIEW
        )
    if after.status is S.NEEDS_REVIEW and before.status is not S.NEEDS_REVIEW:
        assert after.review is not None
    assert after.review is not None or before.review is None, "a review is for a person to close"
