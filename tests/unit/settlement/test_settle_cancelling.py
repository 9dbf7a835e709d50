"""A cancellation is under way, and evidence of the payment comes in."""

from datetime import timedelta

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.attempt_status import AttemptStatus as A
from holdfast.evidence import Source, Verdict
from holdfast.payment import CaptureStatus, Payment
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event
from settlement.audit_trail import apply_event
from tests.support.each_case import each_case
from tests.support.settlement.evidence import (
    NOW,
    PART,
    WHOLE,
    attempt,
    capture,
    payment_at,
    says,
    says_of_capture,
    settled,
)


def cancelling(attempt_status: A) -> Payment:
    held = WHOLE if attempt_status is A.AUTHORIZED else None
    return payment_at(S.CANCELLING, attempts=(attempt(attempt_status),), authorizedAmount=held)


def lost(attempt_status: A) -> Payment:
    """A cancel that was never confirmed."""
    return apply_event(cancelling(attempt_status), Event.TRUTH_UNKNOWN, NOW, Source.CLOCK)


@each_case("attempt_status", [A.AUTHORIZING, A.ACTION_REQUIRED, A.PENDING])
@each_case(
    ("verdict", "becomes"),
    [(Verdict.SUCCEEDED, A.AUTHORIZED), (Verdict.FAILED, A.DECLINED), (Verdict.CANCELLED, A.CANCELLED)],
)
@each_case("source", Source)
def test_the_attempt_is_decided_and_the_cancellation_goes_on(
    attempt_status: A, verdict: Verdict, becomes: A, source: Source
) -> None:
    after, ask = settled(cancelling(attempt_status), says(verdict, source))
    assert (after.status, after.review, ask) == (S.CANCELLING, None, False)
    assert (after.attempt.status, after.attempt.decidedBy) == (becomes, source)
    assert after.authorizedAmount == (WHOLE if becomes is A.AUTHORIZED else None)


@pytest.mark.parametrize("attempt_status", [A.DECLINED, A.CANCELLED, A.EXPIRED])
def test_a_failure_of_a_dead_attempt_says_nothing_new(attempt_status: A) -> None:
    before = cancelling(attempt_status)
    assert settled(before, says(Verdict.FAILED)).payment == before


def test_a_notification_of_failure_does_not_let_a_hold_go() -> None:
    before = cancelling(A.AUTHORIZED)
    after, ask = settled(before, says(Verdict.FAILED))
    assert (after.status, after.attempts, ask) == (S.CANCELLING, before.attempts, True)
    recorded = settled(before, says(Verdict.FAILED, Source.INQUIRY)).payment
    assert (recorded.attempt.status, recorded.review) == (A.DECLINED, None)


def test_a_success_after_a_failure_is_asked_about_and_then_cancelled() -> None:
    """The failure of a dead send comes first; what the gateway holds all the same has to be let go."""
    failed = settled(cancelling(A.PENDING), says(Verdict.FAILED)).payment
    asked, ask = settled(failed, says(Verdict.SUCCEEDED))
    assert (asked.status, asked.attempt.status, ask) == (S.CANCELLING, A.DECLINED, True)
    after, ask = settled(asked, says(Verdict.SUCCEEDED, Source.INQUIRY))
    assert (after.status, after.attempt.status, ask) == (S.CANCELLING, A.AUTHORIZED, False)
    assert after.review is not None


@pytest.mark.parametrize("attempt_status", [A.AUTHORIZING, A.AUTHORIZED, A.DECLINED])
@pytest.mark.parametrize("verdict", [Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED])
def test_a_decision_takes_a_lost_cancellation_up_again(attempt_status: A, verdict: Verdict) -> None:
    after = settled(lost(attempt_status), says(verdict, Source.INQUIRY)).payment
    assert after.status is S.CANCELLING
    assert Event.CANCEL_RESUMED in [e.event for e in after.events]


@each_case("attempt_status", [A.AUTHORIZING, A.AUTHORIZED, A.DECLINED, A.CANCELLED])
@each_case("verdict", Verdict)
@each_case("source", Source)
def test_an_answer_that_comes_again_and_again_does_not_turn_a_lost_cancellation_round_and_round(
    attempt_status: A, verdict: Verdict, source: Source
) -> None:
    evidence = says(verdict, source)
    once = settled(lost(attempt_status), evidence).payment
    assert settled(once, *[evidence] * 5, at=NOW + timedelta(hours=1)).payment == once


@pytest.mark.parametrize("verdict", [Verdict.IN_PROCESS, Verdict.ABSENT, Verdict.UNCLEAR])
@pytest.mark.parametrize("source", Source)
def test_no_decision_leaves_a_lost_cancellation_to_a_person(verdict: Verdict, source: Source) -> None:
    before = lost(A.ACTION_REQUIRED)
    assert settled(before, says(verdict, source)).payment == before


@pytest.mark.parametrize("status", [S.CANCELLED, S.EXPIRED])
@pytest.mark.parametrize("attempt_status", [A.AUTHORIZING, A.ACTION_REQUIRED, A.PENDING])
def test_an_attempt_that_never_arrived_may_still_be_told_to_have_failed(status: S, attempt_status: A) -> None:
    """Closed at the gateway three times unknown, then its failure arrives: there never was a success."""
    before = payment_at(status, attempts=(attempt(attempt_status),))
    after, ask = settled(before, says(Verdict.FAILED))
    assert (after.status, after.review, ask) == (status, None, False)
    assert after.attempt.status is A.DECLINED


@pytest.mark.parametrize("status", [S.CANCELLED, S.EXPIRED])
def test_the_success_of_a_hold_that_was_let_go_is_old_news_unless_an_inquiry_tells_it(status: S) -> None:
    let_go = payment_at(status, attempts=(attempt(A.AUTHORIZED),), authorizedAmount=WHOLE)
    after, ask = settled(let_go, says(Verdict.SUCCEEDED))
    assert (after.status, after.review, ask) == (status, None, False)
    told = settled(let_go, says(Verdict.SUCCEEDED, Source.INQUIRY)).payment
    assert told.review is not None
    assert told.status is status


@pytest.mark.parametrize("status", [S.CANCELLED, S.EXPIRED])
@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.CANCELLED])
def test_money_that_was_taken_late_of_an_ended_payment_is_not_forgotten_over_an_inquiry(
    status: S, verdict: Verdict
) -> None:
    """The gateway says that nothing is held, and that money was taken."""
    let_go = payment_at(
        status, CaptureMode.AUTOMATIC, attempts=(attempt(A.AUTHORIZED),), authorizedAmount=WHOLE
    )
    taken = settled(let_go, says_of_capture(Verdict.SUCCEEDED)).payment
    assert (taken.status, taken.capturedAmount) == (status, WHOLE)
    after = settled(taken, says(verdict, Source.INQUIRY)).payment
    assert (after.status, after.attempts, after.capturedAmount) == (status, taken.attempts, WHOLE)
    assert len(after.events) == len(taken.events) + 1


def test_money_that_is_taken_of_a_hold_that_was_let_go_is_somebodys_business() -> None:
    """One inquiry tells both: the payment is cancelled, and its capture succeeded."""
    before = payment_at(S.CANCELLING, CaptureMode.AUTOMATIC)
    told = says(Verdict.CANCELLED, Source.INQUIRY), says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY)
    after = settled(before, *told).payment
    assert (after.status, after.attempt.status, after.capturedAmount) == (S.CAPTURED, A.CANCELLED, WHOLE)
    assert after.review is not None
    assert after.review.reason == "capture ORDER_1-c1 succeeded while the payment was CANCELLING"


@pytest.mark.parametrize("attempt_status", [A.DECLINED, A.CANCELLED])
def test_a_failed_capture_does_not_bring_a_hold_back_that_was_let_go(attempt_status: A) -> None:
    captures = (capture(CaptureStatus.PROCESSING),)
    before = lost(attempt_status).model_copy(update={"captures": captures, "authorizedAmount": WHOLE})
    after = settled(before, says_of_capture(Verdict.FAILED)).payment
    assert (after.status, after.captures[0].status) == (S.NEEDS_REVIEW, CaptureStatus.FAIL)
    assert after.events[-1].detail == f"capture_failed, and the attempt is {attempt_status}"


def test_where_a_part_was_taken_of_a_hold_that_was_let_go_an_inquiry_that_finds_it_held_is_believed() -> None:
    part = (capture(CaptureStatus.SUCCESS, PART, last=False),)
    before = payment_at(S.PARTIALLY_CAPTURED, attempts=(attempt(A.CANCELLED),), captures=part)
    held = says(Verdict.SUCCEEDED, Source.INQUIRY)
    after = settled(before, held).payment
    assert (after.status, after.attempt.status) == (S.PARTIALLY_CAPTURED, A.AUTHORIZED)
    assert after.review is not None
    assert settled(after, held, at=NOW + timedelta(hours=1)).payment == after
    doubted, ask = settled(before, says(Verdict.SUCCEEDED))
    assert (doubted.attempts, ask) == (before.attempts, True)
