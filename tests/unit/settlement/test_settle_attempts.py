"""Evidence belongs to its attempt: evidence of a former attempt does not change the current one."""

from datetime import timedelta
from typing import Any

import pytest

from holdfast.payment import Payment
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import Verdict
from tests.support.each_case import each_case
from tests.support.settlement.evidence import (
    EXPIRY,
    NOW,
    WHOLE,
    attempt,
    capture_evidence,
    payment_at,
    payment_evidence,
    request_id,
    settled,
)

OPEN = {S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING}


def second_attempt_at(status: S, former: A = A.DECLINED) -> Payment:
    usual = payment_at(status)
    current = usual.attempt.model_copy(
        update={"paymentRequestId": request_id(2), "paymentId": "gateway-2", "startedAt": NOW}
    )
    return usual.model_copy(update={"attempts": (attempt(former), current)})


def about_first(verdict: Verdict, source: Source = Source.NOTIFICATION, **fields: Any) -> Any:
    return payment_evidence(verdict, source, cardToken="token-of-former", **fields)


@each_case("source", Source)
@each_case("verdict", Verdict)
@each_case("status", S)
@each_case("former", [A.DECLINED, A.AUTHORIZED_AFTER_CLOSE, A.CANCELLED])
def test_evidence_of_former_attempt_changes_neither_status_nor_current_attempt(
    former: A, status: S, verdict: Verdict, source: Source
) -> None:
    before = second_attempt_at(status, former)
    after, ask = settled(before, about_first(verdict, source))
    assert not ask
    assert (after.status, after.attempt) == (before.status, before.attempt)
    for field in ("authorizedAmount", "authExpiryTime", "cardToken", "nextAction", "captures"):
        assert getattr(after, field) == getattr(before, field)


@pytest.mark.parametrize(
    ("former", "verdict", "becomes"),
    [
        (A.DECLINED, Verdict.SUCCEEDED, A.AUTHORIZED_AFTER_CLOSE),
        (A.CANCELLED, Verdict.SUCCEEDED, A.AUTHORIZED_AFTER_CLOSE),
        (A.DECLINED, Verdict.FAILED, A.DECLINED),
        (A.DECLINED, Verdict.CANCELLED, A.DECLINED),
        (A.DECLINED, Verdict.IN_PROCESS, A.DECLINED),
        (A.DECLINED, Verdict.ABSENT, A.DECLINED),
        (A.DECLINED, Verdict.UNCLEAR, A.DECLINED),
        (A.AUTHORIZED_AFTER_CLOSE, Verdict.SUCCEEDED, A.AUTHORIZED_AFTER_CLOSE),
        (A.AUTHORIZED_AFTER_CLOSE, Verdict.FAILED, A.DECLINED),
        (A.AUTHORIZED_AFTER_CLOSE, Verdict.CANCELLED, A.CANCELLED),
        (A.AUTHORIZED_AFTER_CLOSE, Verdict.IN_PROCESS, A.AUTHORIZED_AFTER_CLOSE),
        (A.AUTHORIZED_AFTER_CLOSE, Verdict.ABSENT, A.AUTHORIZED_AFTER_CLOSE),
        (A.AUTHORIZED_AFTER_CLOSE, Verdict.UNCLEAR, A.AUTHORIZED_AFTER_CLOSE),
    ],
)
def test_former_attempt_changes_by_inquiry_verdict(former: A, verdict: Verdict, becomes: A) -> None:
    before, evidence = second_attempt_at(S.PENDING, former), about_first(verdict, Source.INQUIRY)
    after = settled(before, evidence).payment
    assert after.attempts[0].status is becomes
    assert (after == before) is (becomes is former), "every change is recorded"
    assert (after.events == before.events) is (becomes is former)
    assert settled(after, evidence, at=NOW + timedelta(hours=1)).payment == after


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.CANCELLED])
@pytest.mark.parametrize("source", [source for source in Source if source is not Source.INQUIRY])
def test_late_failure_does_not_prove_release_of_a_hold(source: Source, verdict: Verdict) -> None:
    """It may repeat the failure that closed the attempt: the hold would remain."""
    held = settled(second_attempt_at(S.PENDING), about_first(Verdict.SUCCEEDED)).payment
    after = settled(held, about_first(verdict, source)).payment
    assert (after.status, after.attempts, after.review) == (S.PENDING, held.attempts, held.review)
    assert after.events[-1].source is source
    assert after.events[-1].detail == "attempt ORDER_1-1 is authorized until an inquiry reports otherwise"
    assert settled(after, about_first(verdict, source), at=NOW + timedelta(hours=1)).payment == after


def test_late_authorization_of_closed_attempt_sets_review() -> None:
    after = settled(second_attempt_at(S.PENDING), about_first(Verdict.SUCCEEDED)).payment
    assert after.review is not None
    assert after.review.reason == "attempt ORDER_1-1 succeeded after it was closed"
    assert after.events[-1].detail == after.review.reason


def test_release_of_late_authorization_is_recorded() -> None:
    held = settled(second_attempt_at(S.PENDING), about_first(Verdict.SUCCEEDED)).payment
    released = settled(held, about_first(Verdict.CANCELLED, Source.INQUIRY)).payment
    assert released.events[-1].detail == "the late authorization of attempt ORDER_1-1 has ended: CANCELLED"
    assert released.review == held.review, "the review stays open"


def test_each_late_authorization_and_release_is_recorded() -> None:
    authorized, released = about_first(Verdict.SUCCEEDED), about_first(Verdict.CANCELLED, Source.INQUIRY)
    before = second_attempt_at(S.PENDING)
    after = settled(before, authorized, released, authorized, released, authorized).payment
    assert after.attempts[0].status is A.AUTHORIZED_AFTER_CLOSE
    assert [line.source for line in after.events[len(before.events) :]] == [
        Source.NOTIFICATION,
        Source.INQUIRY,
    ] * 2 + [Source.NOTIFICATION]


@pytest.mark.parametrize(
    "wrong", [{"value": "1"}, {"currency": "USD"}, {"paymentId": "gateway-2"}, {"paymentId": "gateway-9"}]
)
@pytest.mark.parametrize("source", [Source.NOTIFICATION, Source.INQUIRY])
def test_mismatch_of_former_attempt_is_recorded_and_leaves_current_attempt(
    wrong: dict[str, str], source: Source
) -> None:
    before = second_attempt_at(S.PENDING)
    after, ask = settled(before, about_first(Verdict.SUCCEEDED, source, **wrong))
    assert (after.status, after.attempts) == (S.PENDING, before.attempts)
    assert after.review is not None
    assert ask is (source is not Source.INQUIRY)


@each_case("status", S)
@each_case("verdict", Verdict)
@each_case("source", Source)
def test_capture_of_former_attempt_is_not_applied(status: S, verdict: Verdict, source: Source) -> None:
    """This holds also when it names the request id of a capture of the current attempt."""
    before = second_attempt_at(status)
    after = settled(before, capture_evidence(verdict, source, paymentId="gateway-1")).payment
    assert (after.status, after.captures, after.capturedAmount) == (
        before.status,
        before.captures,
        before.capturedAmount,
    )
    assert "a capture of another paymentId: ORDER_1-c1" in {e.detail for e in after.events}
    if verdict is Verdict.SUCCEEDED:
        assert after.review is not None
    else:
        assert after.review == before.review, "no money was captured"


def test_second_attempt_is_settled_by_its_own_evidence() -> None:
    evidence = payment_evidence(Verdict.SUCCEEDED, paymentRequestId=request_id(2), paymentId="gateway-2")
    after = settled(second_attempt_at(S.PENDING), evidence).payment
    assert (after.status, after.authorizedAmount, after.authExpiryTime) == (S.AUTHORIZED, WHOLE, EXPIRY)
    assert [a.status for a in after.attempts] == [A.DECLINED, A.AUTHORIZED]
