"""The effect of an operator's resolution on the review of a payment."""

import pytest

from holdfast.payment import Payment
from holdfast.resolution import Outcome, Resolution
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.operator.resolution import apply_resolution, evidence_of, refuse_resolution
from tests.support.settlement.evidence import NOW, WHOLE, attempt, payment_at, settled


def resolved(payment: Payment, outcome: Outcome) -> Payment:
    word = Resolution(outcome=outcome, resolvedBy="ops-7", reason="support", evidence="case 4711")
    refuse_resolution(payment, word)
    claim = evidence_of(payment, word)
    after = settled(payment, claim).payment if claim else payment
    return apply_resolution(after, word, NOW, matches=True)


@pytest.mark.parametrize(
    ("outcome", "becomes"),
    [(Outcome.SUCCEEDED, S.AUTHORIZED), (Outcome.FAILED, S.DECLINED), (Outcome.CANCELLED, S.CANCELLED)],
)
def test_decision_clears_the_review(outcome: Outcome, becomes: S) -> None:
    after = resolved(payment_at(S.NEEDS_REVIEW), outcome)
    assert (after.status, after.review) == (becomes, None)


def test_failure_that_contradicts_the_authorization_keeps_the_review() -> None:
    held = payment_at(S.NEEDS_REVIEW, attempts=(attempt(A.AUTHORIZED),), authorizedAmount=WHOLE)
    after = resolved(held, Outcome.FAILED)
    assert (after.status, after.attempts, after.review) == (S.NEEDS_REVIEW, held.attempts, held.review)
    assert [line.source for line in after.events[-2:]] == [Source.OPERATOR, Source.OPERATOR]


def test_acknowledgement_clears_the_review_and_keeps_the_status() -> None:
    after = resolved(payment_at(S.NEEDS_REVIEW), Outcome.ACKNOWLEDGED)
    assert (after.status, after.review) == (S.NEEDS_REVIEW, None)
