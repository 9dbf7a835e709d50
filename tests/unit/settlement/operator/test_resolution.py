"""An operator's decision needs a record of the gateway that does not contradict it, or force."""

from typing import Any

import pytest

from holdfast.errors import ResolutionUnconfirmed
from holdfast.payment import CaptureStatus, Payment
from holdfast.resolution import Outcome, Resolution
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import CaptureEvidence, Verdict
from settlement.gateway_record import GatewayRecord
from settlement.operator.resolution import (
    apply_resolution,
    is_confirmed,
    refuse_open_success,
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


def is_refused(payment: Payment, given: Resolution, answer: GatewayRecord | None) -> bool:
    try:
        refuse_open_success(payment, given, answer)
    except ResolutionUnconfirmed:
        return True
    return False


def of_payment(verdict: Verdict, **fields: Any) -> GatewayRecord:
    return GatewayRecord(payment=payment_evidence(verdict, Source.INQUIRY, **fields))


@pytest.mark.parametrize(
    ("answer", "lacks"),
    [
        (of_payment(Verdict.SUCCEEDED), False),
        (of_payment(Verdict.IN_PROCESS), True),
        (of_payment(Verdict.SUCCEEDED, value="1"), True),
        (of_payment(Verdict.SUCCEEDED, currency="JPY"), True),
        (of_payment(Verdict.SUCCEEDED, paymentId="another"), True),
        (None, True),
    ],
    ids=["as reported", "in process", "other amount", "other currency", "other payment", "no answer"],
)
def test_success_of_a_payment_needs_a_record_that_says_the_same(
    answer: GatewayRecord | None, lacks: bool
) -> None:
    payment = payment_at(S.NEEDS_REVIEW)
    assert is_refused(payment, resolution(Outcome.SUCCEEDED), answer) is lacks
    assert not is_refused(payment, resolution(Outcome.SUCCEEDED, force=True), answer)
    assert not is_refused(payment, resolution(Outcome.FAILED), answer)


@pytest.mark.parametrize(
    ("entry", "lacks"),
    [
        (capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY), False),
        (capture_evidence(Verdict.IN_PROCESS, Source.INQUIRY), True),
        (capture_evidence(Verdict.UNCLEAR, Source.INQUIRY), True),
        (capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, value="1"), True),
        (capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, captureRequestId="another"), True),
    ],
    ids=["as reported", "in process", "unclear", "other amount", "other capture"],
)
def test_success_of_a_capture_needs_a_record_that_says_the_same(entry: CaptureEvidence, lacks: bool) -> None:
    payment = payment_at(S.NEEDS_REVIEW, captures=(capture(CaptureStatus.PROCESSING),))
    answer = of_payment(Verdict.SUCCEEDED).model_copy(update={"captures": (entry,)})
    succeeded = resolution(Outcome.SUCCEEDED, captureRequestId=capture_id())
    assert is_refused(payment, succeeded, answer) is lacks


@pytest.mark.parametrize("capture_request_id", [None, capture_id()])
def test_refusal_of_a_success_that_is_not_confirmed_says_how_to_insist(
    capture_request_id: str | None,
) -> None:
    with pytest.raises(ResolutionUnconfirmed, match=r'open or has it with other data.*"force": true'):
        refuse_open_success(
            payment_at(S.NEEDS_REVIEW),
            resolution(Outcome.SUCCEEDED, captureRequestId=capture_request_id),
            of_payment(Verdict.IN_PROCESS),
        )


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
