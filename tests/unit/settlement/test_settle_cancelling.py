"""Evidence that arrives during and after a cancellation."""

from datetime import timedelta

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.payment import CaptureStatus, Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.evidence import Verdict
from tests.support.each_case import each_case
from tests.support.settlement.evidence import (
    NOW,
    PART,
    WHOLE,
    attempt,
    capture,
    capture_evidence,
    payment_at,
    payment_evidence,
    settled,
)


def cancelling(attempt_status: A) -> Payment:
    held = WHOLE if attempt_status is A.AUTHORIZED else None
    return payment_at(S.CANCELLING, attempts=(attempt(attempt_status),), authorizedAmount=held)


def unconfirmed(attempt_status: A) -> Payment:
    """Returns a payment in review after a cancellation that was not confirmed."""
    return apply_event(cancelling(attempt_status), Event.OUTCOME_UNKNOWN, NOW, Source.CLOCK)


@each_case("attempt_status", [A.AUTHORIZING, A.ACTION_REQUIRED, A.PENDING])
@each_case(
    ("verdict", "becomes"),
    [(Verdict.SUCCEEDED, A.AUTHORIZED), (Verdict.FAILED, A.DECLINED), (Verdict.CANCELLED, A.CANCELLED)],
)
@each_case("source", Source)
def test_decision_during_cancellation_changes_attempt_only(
    attempt_status: A, verdict: Verdict, becomes: A, source: Source
) -> None:
    after, ask = settled(cancelling(attempt_status), payment_evidence(verdict, source))
    assert (after.status, after.review, ask) == (S.CANCELLING, None, False)
    assert (after.attempt.status, after.attempt.decidedBy) == (becomes, source)
    assert after.authorizedAmount == (WHOLE if becomes is A.AUTHORIZED else None)


@pytest.mark.parametrize("attempt_status", [A.DECLINED, A.CANCELLED, A.EXPIRED])
def test_failure_of_closed_attempt_changes_nothing(attempt_status: A) -> None:
    before = cancelling(attempt_status)
    assert settled(before, payment_evidence(Verdict.FAILED)).payment == before


def test_notified_failure_during_cancellation_does_not_release_the_hold() -> None:
    before = cancelling(A.AUTHORIZED)
    after, ask = settled(before, payment_evidence(Verdict.FAILED))
    assert (after.status, after.attempts, ask) == (S.CANCELLING, before.attempts, True)
    recorded = settled(before, payment_evidence(Verdict.FAILED, Source.INQUIRY)).payment
    assert (recorded.attempt.status, recorded.review) == (A.DECLINED, None)


def test_success_after_failure_is_confirmed_by_inquiry_and_cancelled() -> None:
    """The failure of an earlier call arrives first; the gateway's authorization must still be released."""
    failed = settled(cancelling(A.PENDING), payment_evidence(Verdict.FAILED)).payment
    mismatched, ask = settled(failed, payment_evidence(Verdict.SUCCEEDED))
    assert (mismatched.status, mismatched.attempt.status, ask) == (S.CANCELLING, A.DECLINED, True)
    after, ask = settled(mismatched, payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY))
    assert (after.status, after.attempt.status, ask) == (S.CANCELLING, A.AUTHORIZED, False)
    assert after.review is not None


@pytest.mark.parametrize("attempt_status", [A.AUTHORIZING, A.AUTHORIZED, A.DECLINED])
@pytest.mark.parametrize("verdict", [Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED])
def test_decision_resumes_unconfirmed_cancellation(attempt_status: A, verdict: Verdict) -> None:
    after = settled(unconfirmed(attempt_status), payment_evidence(verdict, Source.INQUIRY)).payment
    assert after.status is S.CANCELLING
    assert Event.CANCEL_RESUMED in [e.event for e in after.events]


@each_case("attempt_status", [A.AUTHORIZING, A.AUTHORIZED, A.DECLINED, A.CANCELLED])
@each_case("verdict", Verdict)
@each_case("source", Source)
def test_repeated_evidence_does_not_change_unconfirmed_cancellation_again(
    attempt_status: A, verdict: Verdict, source: Source
) -> None:
    evidence = payment_evidence(verdict, source)
    once = settled(unconfirmed(attempt_status), evidence).payment
    assert settled(once, *[evidence] * 5, at=NOW + timedelta(hours=1)).payment == once


@pytest.mark.parametrize("verdict", [Verdict.IN_PROCESS, Verdict.ABSENT, Verdict.UNCLEAR])
@pytest.mark.parametrize("source", Source)
def test_evidence_without_decision_leaves_unconfirmed_cancellation_in_review(
    verdict: Verdict, source: Source
) -> None:
    before = unconfirmed(A.ACTION_REQUIRED)
    assert settled(before, payment_evidence(verdict, source)).payment == before


@pytest.mark.parametrize("status", [S.CANCELLED, S.EXPIRED])
@pytest.mark.parametrize("attempt_status", [A.AUTHORIZING, A.ACTION_REQUIRED, A.PENDING])
def test_late_failure_of_unanswered_attempt_is_applied_after_the_end(status: S, attempt_status: A) -> None:
    """Three inquiries did not find the attempt, then its failure arrives: it never succeeded."""
    before = payment_at(status, attempts=(attempt(attempt_status),))
    after, ask = settled(before, payment_evidence(Verdict.FAILED))
    assert (after.status, after.review, ask) == (status, None, False)
    assert after.attempt.status is A.DECLINED


@pytest.mark.parametrize("status", [S.CANCELLED, S.EXPIRED])
def test_success_of_released_hold_sets_review_only_from_inquiry(status: S) -> None:
    released = payment_at(status, attempts=(attempt(A.AUTHORIZED),), authorizedAmount=WHOLE)
    after, ask = settled(released, payment_evidence(Verdict.SUCCEEDED))
    assert (after.status, after.review, ask) == (status, None, False)
    by_inquiry = settled(released, payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY)).payment
    assert by_inquiry.review is not None
    assert by_inquiry.status is status


@pytest.mark.parametrize("status", [S.CANCELLED, S.EXPIRED])
@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.CANCELLED])
def test_late_capture_of_ended_payment_is_kept_after_inquiry_without_hold(
    status: S, verdict: Verdict
) -> None:
    """The gateway reports that nothing is held, and that the capture succeeded."""
    released = payment_at(
        status, CaptureMode.AUTOMATIC, attempts=(attempt(A.AUTHORIZED),), authorizedAmount=WHOLE
    )
    captured = settled(released, capture_evidence(Verdict.SUCCEEDED)).payment
    assert (captured.status, captured.capturedAmount) == (status, WHOLE)
    after = settled(captured, payment_evidence(verdict, Source.INQUIRY)).payment
    assert (after.status, after.attempts, after.capturedAmount) == (status, captured.attempts, WHOLE)
    assert len(after.events) == len(captured.events) + 1


def test_capture_after_void_sets_review() -> None:
    """One inquiry reports both: the payment is cancelled, and its capture succeeded."""
    before = payment_at(S.CANCELLING, CaptureMode.AUTOMATIC)
    claims = (
        payment_evidence(Verdict.CANCELLED, Source.INQUIRY),
        capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY),
    )
    after = settled(before, *claims).payment
    assert (after.status, after.attempt.status, after.capturedAmount) == (S.CAPTURED, A.CANCELLED, WHOLE)
    assert after.review is not None
    assert after.review.reason == "capture ORDER_1-c1 succeeded while the payment was CANCELLING"


@pytest.mark.parametrize("attempt_status", [A.DECLINED, A.CANCELLED])
def test_failed_capture_does_not_restore_released_hold(attempt_status: A) -> None:
    captures = (capture(CaptureStatus.PROCESSING),)
    before = unconfirmed(attempt_status).model_copy(update={"captures": captures, "authorizedAmount": WHOLE})
    after = settled(before, capture_evidence(Verdict.FAILED)).payment
    assert (after.status, after.captures[0].status) == (S.NEEDS_REVIEW, CaptureStatus.FAIL)
    assert after.events[-1].detail == f"capture_failed, and the attempt is {attempt_status}"


def test_inquiry_that_finds_released_hold_after_partial_capture_is_applied() -> None:
    part = (capture(CaptureStatus.SUCCESS, PART, last=False),)
    before = payment_at(S.PARTIALLY_CAPTURED, attempts=(attempt(A.CANCELLED),), captures=part)
    held = payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY)
    after = settled(before, held).payment
    assert (after.status, after.attempt.status) == (S.PARTIALLY_CAPTURED, A.AUTHORIZED)
    assert after.review is not None
    assert settled(after, held, at=NOW + timedelta(hours=1)).payment == after
    mismatched, ask = settled(before, payment_evidence(Verdict.SUCCEEDED))
    assert (mismatched.attempts, ask) == (before.attempts, True)
