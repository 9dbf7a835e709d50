"""Evidence belongs to its attempt: what the first one did cannot touch the second one's status."""

from datetime import timedelta
from typing import Any

import pytest

from holdfast.attempt_status import AttemptStatus as A
from holdfast.payment import Payment
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.evidence import Verdict
from tests.support.each_case import each_case
from tests.support.settlement.evidence import (
    EXPIRY,
    NOW,
    WHOLE,
    attempt,
    payment_at,
    request_id,
    says,
    says_of_capture,
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
    return says(verdict, source, cardToken="token-of-the-first", **fields)


@each_case("source", Source)
@each_case("verdict", Verdict)
@each_case("status", S)
@each_case("former", [A.DECLINED, A.AUTHORIZED_AFTER_CLOSE, A.CANCELLED])
def test_the_current_attempt_and_the_payments_status_stay_as_they_are(
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
def test_what_becomes_of_a_former_attempt(former: A, verdict: Verdict, becomes: A) -> None:
    before, evidence = second_attempt_at(S.PENDING, former), about_first(verdict, Source.INQUIRY)
    after = settled(before, evidence).payment
    assert after.attempts[0].status is becomes
    assert (after == before) is (becomes is former), "what changes something leaves a trace"
    assert (after.events == before.events) is (becomes is former)
    assert settled(after, evidence, at=NOW + timedelta(hours=1)).payment == after


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.CANCELLED])
@pytest.mark.parametrize("source", [source for source in Source if source is not Source.INQUIRY])
def test_a_failure_that_comes_late_does_not_say_that_a_hold_is_gone(source: Source, verdict: Verdict) -> None:
    """It may be the one by which the attempt was declared dead: the hold would be left behind."""
    held = settled(second_attempt_at(S.PENDING), about_first(Verdict.SUCCEEDED)).payment
    after = settled(held, about_first(verdict, source)).payment
    assert (after.status, after.attempts, after.review) == (S.PENDING, held.attempts, held.review)
    assert after.events[-1].source is source
    assert after.events[-1].detail == "attempt ORDER_1-1 is authorized until an inquiry reports otherwise"
    assert settled(after, about_first(verdict, source), at=NOW + timedelta(hours=1)).payment == after


def test_a_hold_of_an_attempt_that_was_declared_dead_is_somebodys_business() -> None:
    after = settled(second_attempt_at(S.PENDING), about_first(Verdict.SUCCEEDED)).payment
    assert after.review is not None
    assert after.review.reason == "attempt ORDER_1-1 succeeded after it was closed"
    assert after.events[-1].detail == after.review.reason


def test_the_trail_says_when_that_hold_is_gone() -> None:
    held = settled(second_attempt_at(S.PENDING), about_first(Verdict.SUCCEEDED)).payment
    gone = settled(held, about_first(Verdict.CANCELLED, Source.INQUIRY)).payment
    assert gone.events[-1].detail == "the late authorization of attempt ORDER_1-1 has ended: CANCELLED"
    assert gone.review == held.review, "a person looks at it all the same"


def test_the_trail_tells_it_each_time_an_attempt_is_found_alive_and_gone_again() -> None:
    alive, gone = about_first(Verdict.SUCCEEDED), about_first(Verdict.CANCELLED, Source.INQUIRY)
    before = second_attempt_at(S.PENDING)
    after = settled(before, alive, gone, alive, gone, alive).payment
    assert after.attempts[0].status is A.AUTHORIZED_AFTER_CLOSE
    assert [line.source for line in after.events[len(before.events) :]] == [
        Source.NOTIFICATION,
        Source.INQUIRY,
    ] * 2 + [Source.NOTIFICATION]


@pytest.mark.parametrize(
    "wrong", [{"value": "1"}, {"currency": "USD"}, {"paymentId": "gateway-2"}, {"paymentId": "gateway-9"}]
)
@pytest.mark.parametrize("source", [Source.NOTIFICATION, Source.INQUIRY])
def test_a_former_attempts_mismatch_is_recorded_and_says_nothing_about_the_current_one(
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
def test_a_capture_of_a_former_attempt_is_not_the_current_ones(
    status: S, verdict: Verdict, source: Source
) -> None:
    """Also when it names the request id of a capture of the current one."""
    before = second_attempt_at(status)
    after = settled(before, says_of_capture(verdict, source, paymentId="gateway-1")).payment
    assert (after.status, after.captures, after.capturedAmount) == (
        before.status,
        before.captures,
        before.capturedAmount,
    )
    assert "a capture of another paymentId: ORDER_1-c1" in {e.detail for e in after.events}
    if verdict is Verdict.SUCCEEDED:
        assert after.review is not None
    else:
        assert after.review == before.review, "no money is where it should not be"


def test_the_second_attempt_is_settled_as_the_first_one_was() -> None:
    evidence = says(Verdict.SUCCEEDED, paymentRequestId=request_id(2), paymentId="gateway-2")
    after = settled(second_attempt_at(S.PENDING), evidence).payment
    assert (after.status, after.authorizedAmount, after.authExpiryTime) == (S.AUTHORIZED, WHOLE, EXPIRY)
    assert [a.status for a in after.attempts] == [A.DECLINED, A.AUTHORIZED]
