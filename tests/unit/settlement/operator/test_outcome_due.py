"""A payment that waits for the gateway has a time at which the answer is due; any other payment has none."""

from datetime import timedelta

import pytest

from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.operator.outcome_due import OUTCOME_WITHIN, outcome_due
from tests.support.settlement.evidence import NOW, OPENED, attempt, payment_at

WAITING = {S.AUTHORIZING, S.PENDING, S.CAPTURING, S.CANCELLING}


def test_answer_is_due_after_minutes() -> None:
    assert timedelta(minutes=1) < OUTCOME_WITHIN < timedelta(minutes=14)


@pytest.mark.parametrize("status", S)
def test_only_a_payment_that_waits_for_the_gateway_has_a_due_answer(status: S) -> None:
    due = outcome_due(payment_at(status))
    assert due == (OPENED + OUTCOME_WITHIN if status in WAITING else None)


def test_answer_to_the_first_call_is_due_from_the_start_of_the_payment() -> None:
    payment = payment_at(S.AUTHORIZING)
    assert payment.progress.lastTransitionAt is None
    assert outcome_due(payment) == payment.attempt.startedAt + OUTCOME_WITHIN


def test_due_time_counts_from_the_last_transition() -> None:
    """A second attempt, or a capture after days, does not begin as an overdue one."""
    payment = apply_event(payment_at(S.AUTHORIZED), Event.CAPTURE_REQUESTED, NOW, Source.MERCHANT)
    assert outcome_due(payment) == NOW + OUTCOME_WITHIN
    again = apply_event(payment_at(S.DECLINED), Event.RETRY_REQUESTED, NOW, Source.MERCHANT)
    assert outcome_due(again) == NOW + OUTCOME_WITHIN


def test_payment_that_the_buyer_has_finished_is_not_due_within_minutes() -> None:
    """The gateway may work on it for days (Antom: PAYMENT_PENDING)."""
    finished = attempt(A.PENDING, buyerCompletedAt=OPENED)
    assert outcome_due(payment_at(S.PENDING, attempts=(finished,))) is None


@pytest.mark.parametrize("word", ["PROCESSING", "SOMETHING_NEW"])
def test_capture_under_a_risk_review_is_not_due_within_minutes(word: str) -> None:
    assert outcome_due(payment_at(S.CAPTURING, authReviewStatus=word)) is None
    assert outcome_due(payment_at(S.CAPTURING, authReviewStatus="ACCEPT")) is not None
