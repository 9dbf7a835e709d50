"""An operator's decision needs a record of the gateway that does not contradict it, or force."""

from typing import Any

import pytest

from holdfast.errors import ResolutionUnconfirmed
from holdfast.payment import CaptureStatus, Payment
from holdfast.resolution import Outcome, Resolution
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from settlement.operator.resolution import (
    apply_resolution,
    is_confirmed,
    refuse_other_question,
    refuse_unconfirmed,
)
from tests.support.settlement.evidence import (
    NOW,
    attempt,
    capture,
    capture_evidence,
    capture_id,
    payment_at,
    payment_evidence,
)

DECISIONS = [Outcome.SUCCEEDED, Outcome.FAILED, Outcome.CANCELLED]
UNSUCCESSFUL = [Verdict.FAILED, Verdict.CANCELLED, Verdict.ABSENT]


def resolution(outcome: Outcome, **more: Any) -> Resolution:
    return Resolution(outcome=outcome, resolvedBy="ops-7", reason="support", evidence="case 4711", **more)


def record(verdict: Verdict, *captures: Verdict) -> GatewayRecord:
    entries = tuple(capture_evidence(each, Source.INQUIRY) for each in captures)
    return GatewayRecord(payment=payment_evidence(verdict, Source.INQUIRY), captures=entries)


@pytest.mark.parametrize("outcome", DECISIONS)
@pytest.mark.parametrize("answer", [None, record(Verdict.UNCLEAR)], ids=["none", "failed"])
def test_resolution_without_an_answer_is_refused(outcome: Outcome, answer: GatewayRecord | None) -> None:
    with pytest.raises(ResolutionUnconfirmed, match="the gateway has not answered"):
        refuse_unconfirmed(resolution(outcome), answer)
    refuse_unconfirmed(resolution(outcome, force=True), answer)


@pytest.mark.parametrize("verdict", UNSUCCESSFUL)
def test_success_that_the_record_contradicts_is_refused(verdict: Verdict) -> None:
    with pytest.raises(ResolutionUnconfirmed, match=f"no such successful payment .*{verdict}"):
        refuse_unconfirmed(resolution(Outcome.SUCCEEDED), record(verdict))
    refuse_unconfirmed(resolution(Outcome.SUCCEEDED, force=True), record(verdict))


@pytest.mark.parametrize("verdict", [Verdict.SUCCEEDED, Verdict.IN_PROCESS])
def test_success_that_the_record_leaves_open_is_accepted(verdict: Verdict) -> None:
    refuse_unconfirmed(resolution(Outcome.SUCCEEDED), record(verdict))


DENIALS = [Outcome.FAILED, Outcome.CANCELLED]
MAY_TAKE_MONEY = [Verdict.SUCCEEDED, Verdict.IN_PROCESS]


@pytest.mark.parametrize("outcome", DENIALS)
@pytest.mark.parametrize("verdict", UNSUCCESSFUL)
def test_denial_that_the_record_does_not_contradict_is_accepted(outcome: Outcome, verdict: Verdict) -> None:
    refuse_unconfirmed(resolution(outcome), record(verdict))


@pytest.mark.parametrize("outcome", DENIALS)
@pytest.mark.parametrize("verdict", MAY_TAKE_MONEY)
def test_denial_of_a_payment_that_may_hold_money_is_refused(outcome: Outcome, verdict: Verdict) -> None:
    with pytest.raises(ResolutionUnconfirmed, match="a payment that has taken money or may still take it"):
        refuse_unconfirmed(resolution(outcome), record(verdict))
    refuse_unconfirmed(resolution(outcome, force=True), record(verdict))


@pytest.mark.parametrize("outcome", DENIALS)
@pytest.mark.parametrize("verdict", [*MAY_TAKE_MONEY, Verdict.UNCLEAR])
def test_denial_of_a_capture_that_may_take_money_is_refused(outcome: Outcome, verdict: Verdict) -> None:
    denied = resolution(outcome, captureRequestId=capture_id())
    with pytest.raises(ResolutionUnconfirmed, match=f"a capture {capture_id()} that has taken money"):
        refuse_unconfirmed(denied, record(Verdict.SUCCEEDED, verdict))
    forced = resolution(outcome, captureRequestId=capture_id(), force=True)
    refuse_unconfirmed(forced, record(Verdict.SUCCEEDED, verdict))


@pytest.mark.parametrize("captures", [(), (Verdict.FAILED,), (Verdict.CANCELLED,)])
def test_denial_of_a_capture_that_takes_nothing_is_accepted(captures: tuple[Verdict, ...]) -> None:
    denied = resolution(Outcome.FAILED, captureRequestId=capture_id())
    refuse_unconfirmed(denied, record(Verdict.SUCCEEDED, *captures))


@pytest.mark.parametrize(
    "now",
    [
        payment_at(S.NEEDS_REVIEW, attempts=(attempt(A.DECLINED), attempt(A.AUTHORIZING, number=2))),
        payment_at(S.NEEDS_REVIEW, captures=(capture(CaptureStatus.PROCESSING),)),
    ],
    ids=["another attempt", "a capture"],
)
def test_decision_about_what_is_decided_meanwhile_does_not_count_for_the_next(now: Payment) -> None:
    before = payment_at(S.NEEDS_REVIEW)
    refuse_other_question(before, before)
    refuse_other_question(now, now)
    with pytest.raises(ResolutionUnconfirmed, match="went on with another attempt or capture"):
        refuse_other_question(before, now)


@pytest.mark.parametrize("captures", [(), (Verdict.FAILED,), (Verdict.CANCELLED,)])
def test_success_of_a_capture_that_the_record_lacks_is_refused(captures: tuple[Verdict, ...]) -> None:
    succeeded = resolution(Outcome.SUCCEEDED, captureRequestId=capture_id())
    with pytest.raises(ResolutionUnconfirmed, match=f"no such successful capture {capture_id()}"):
        refuse_unconfirmed(succeeded, record(Verdict.SUCCEEDED, *captures))
    forced = resolution(Outcome.SUCCEEDED, captureRequestId=capture_id(), force=True)
    refuse_unconfirmed(forced, record(Verdict.SUCCEEDED, *captures))


def test_success_of_a_capture_in_process_is_accepted() -> None:
    succeeded = resolution(Outcome.SUCCEEDED, captureRequestId=capture_id())
    refuse_unconfirmed(succeeded, record(Verdict.SUCCEEDED, Verdict.IN_PROCESS))


@pytest.mark.parametrize(
    ("status", "outcome", "confirmed"),
    [
        (A.AUTHORIZED, Outcome.SUCCEEDED, True),
        (A.DECLINED, Outcome.SUCCEEDED, False),
        (A.DECLINED, Outcome.FAILED, True),
        (A.CANCELLED, Outcome.FAILED, True),
        (A.CANCELLED, Outcome.CANCELLED, True),
        (A.AUTHORIZED, Outcome.CANCELLED, False),
        (A.AUTHORIZED_AFTER_CLOSE, Outcome.CANCELLED, False),
        (A.PENDING, Outcome.FAILED, False),
    ],
)
def test_decision_of_the_gateway_is_compared_with_the_resolution(
    status: A, outcome: Outcome, confirmed: bool
) -> None:
    payment = payment_at(S.AUTHORIZED, attempts=(attempt(status),))
    assert is_confirmed(payment, resolution(outcome)) is confirmed


@pytest.mark.parametrize(
    ("status", "outcome", "confirmed"),
    [
        (CaptureStatus.SUCCESS, Outcome.SUCCEEDED, True),
        (CaptureStatus.SUCCESS, Outcome.FAILED, False),
        (CaptureStatus.FAIL, Outcome.FAILED, True),
        (CaptureStatus.FAIL, Outcome.SUCCEEDED, False),
        (CaptureStatus.PROCESSING, Outcome.SUCCEEDED, False),
    ],
)
def test_decided_capture_is_compared_with_the_resolution(
    status: CaptureStatus, outcome: Outcome, confirmed: bool
) -> None:
    payment = payment_at(S.CAPTURED, captures=(capture(status),))
    assert is_confirmed(payment, resolution(outcome, captureRequestId=capture_id())) is confirmed
    assert not is_confirmed(payment, resolution(outcome, captureRequestId=capture_id(9)))


def test_use_of_force_is_recorded() -> None:
    payment = payment_at(S.AUTHORIZED)
    forced = apply_resolution(payment, resolution(Outcome.SUCCEEDED, force=True), NOW, matches=True)
    assert forced.events[-1].detail == "ops-7: support (evidence: case 4711), sent with force"
    plain = apply_resolution(payment, resolution(Outcome.SUCCEEDED), NOW, matches=True)
    assert plain.events[-1].detail == "ops-7: support (evidence: case 4711)"
