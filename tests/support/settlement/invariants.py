"""Invariants that hold for a payment after every step."""

from holdfast.payment import CaptureStatus, Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import PaymentEvidence
from settlement.transitions import target
from tests.support.settlement.model import Claim

HELD = {S.AUTHORIZED, S.CAPTURING, S.PARTIALLY_CAPTURED, S.CAPTURED}
CAPTURED = {S.PARTIALLY_CAPTURED, S.CAPTURED}


def check_trail(before: Payment, after: Payment) -> None:
    assert after.events[: len(before.events)] == before.events, "the audit trail only grows"
    at = before.status
    for line in after.events[len(before.events) :]:
        assert line.from_ is at
        assert line.to is (target(at, line.event) if line.event else at), "every change of status is an edge"
        if line.from_.is_final and line.to is not line.from_:
            assert line.event is Event.CAPTURE_REVERSED, "a final status changes only by a correction"
        at = line.to
    assert after.status is at, "every change of status has a line in the trail"


def check_money(payment: Payment) -> None:
    succeeded = [c.captureAmount.minor_units for c in payment.captures if c.status is CaptureStatus.SUCCESS]
    assert sum(succeeded) == (payment.capturedAmount.minor_units if payment.capturedAmount else 0)
    assert sum(succeeded) <= payment.paymentAmount.minor_units
    assert payment.authorizedAmount in (None, payment.paymentAmount)
    open_captures = [c for c in payment.captures if c.status is CaptureStatus.PROCESSING]
    assert len(open_captures) <= 1
    ids = [c.captureRequestId for c in payment.captures]
    assert len(set(ids)) == len(ids)
    if payment.status is S.CAPTURING:
        is_held = payment.captured_minor_units and not payment.has_passed_risk_review
        assert open_captures or is_held
    if payment.status in HELD:
        assert payment.authorizedAmount is not None
    if payment.status in CAPTURED:
        assert payment.capturedAmount is not None


def check_risk_review(before: Payment, after: Payment, source: Source | None) -> None:
    """Checks that nothing becomes captured, and no capture begins, before a risk review has accepted."""
    is_moved = after.progress.revision != before.progress.revision
    if after.has_passed_risk_review or not is_moved or source is Source.OPERATOR:
        return
    was_reported = before.status in CAPTURED
    assert after.status not in CAPTURED or was_reported


def check_attempts(before: Payment, after: Payment) -> None:
    assert [a.paymentRequestId for a in after.attempts] == [
        f"ORDER_1-{number}" for number in range(1, len(after.attempts) + 1)
    ]
    ids = [a.paymentId for a in after.attempts if a.paymentId]
    assert len(set(ids)) == len(ids), "no two attempts are the same payment at the gateway"
    for old, new in zip(before.attempts, after.attempts, strict=False):
        assert new.paymentId == old.paymentId or not old.paymentId, "a known id does not change"
        assert new.startedAt == old.startedAt
    if after.status is S.DECLINED:
        assert after.attempt.status is A.DECLINED
    if after.status is S.ACTION_REQUIRED:
        assert after.nextAction is not None
    else:
        assert after.nextAction is None


def check_claim(before: Payment, after: Payment, claim: Claim) -> None:
    is_about_former = isinstance(claim, PaymentEvidence) and (
        claim.paymentRequestId != before.attempt.paymentRequestId
    )
    if is_about_former:
        assert (after.status, after.attempt) == (before.status, before.attempt) or (
            claim.source is Source.INQUIRY and after.status is S.NEEDS_REVIEW
        )
    if after.status is S.NEEDS_REVIEW and before.status is not S.NEEDS_REVIEW:
        assert after.review is not None
    assert after.review is not None or before.review is None, "evidence does not end a review"
