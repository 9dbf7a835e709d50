"""The effect of evidence about the current attempt, for every status, source and verdict.

A cell is the effect: `.` no change at all, `STATUS` the next status, `=` new facts in the same status,
`review` a review in the same status, `ask` a review and an inquiry.
"""

from datetime import timedelta

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.payment import Payment
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import Verdict
from settlement.mismatch import Settlement
from settlement.settle import settle
from settlement.transitions import target
from tests.support.each_case import each_case
from tests.support.settlement.evidence import EXPIRY, NOW, payment_at, payment_evidence, settled
from tests.support.settlement.tables import cells

BY_NOTIFICATION = """
from               | SUCCEEDED  | FAILED   | CANCELLED | IN_PROCESS | ABSENT | UNCLEAR
AUTHORIZING        | AUTHORIZED | DECLINED | CANCELLED | PENDING    | .      | .
ACTION_REQUIRED    | AUTHORIZED | DECLINED | CANCELLED | PENDING    | .      | .
PENDING            | AUTHORIZED | DECLINED | CANCELLED | =          | .      | .
NEEDS_REVIEW       | AUTHORIZED | DECLINED | CANCELLED | PENDING    | .      | .
AUTHORIZED         | .          | ask      | CANCELLED | .          | .      | .
CAPTURING          | .          | ask      | =         | .          | .      | .
PARTIALLY_CAPTURED | .          | ask      | review    | .          | .      | .
CAPTURED           | .          | ask      | review    | .          | .      | .
CANCELLING         | .          | ask      | =         | .          | .      | .
DECLINED           | ask        | .        | .         | .          | .      | .
FAILED             | ask        | .        | .         | .          | .      | .
CANCELLED          | ask        | .        | .         | .          | .      | .
EXPIRED            | ask        | .        | .         | .          | .      | .
"""

BY_INQUIRY = """
from               | SUCCEEDED         | FAILED              | CANCELLED | IN_PROCESS | ABSENT | UNCLEAR
AUTHORIZING        | AUTHORIZED        | DECLINED            | CANCELLED | PENDING    | .      | .
ACTION_REQUIRED    | AUTHORIZED        | DECLINED            | CANCELLED | .          | .      | .
PENDING            | AUTHORIZED        | DECLINED            | CANCELLED | .          | .      | .
NEEDS_REVIEW       | AUTHORIZED        | DECLINED            | CANCELLED | .          | .      | .
AUTHORIZED         | .                 | NEEDS_REVIEW review | CANCELLED | .          | .      | .
CAPTURING          | .                 | NEEDS_REVIEW review | =         | .          | .      | .
PARTIALLY_CAPTURED | .                 | NEEDS_REVIEW review | review    | .          | .      | .
CAPTURED           | .                 | review              | review    | .          | .      | .
CANCELLING         | .                 | =                   | =         | .          | .      | .
DECLINED           | AUTHORIZED review | .                   | .         | .          | .      | .
FAILED             | review            | .                   | .         | .          | .      | .
CANCELLED          | review            | .                   | .         | .          | .      | .
EXPIRED            | review            | .                   | .         | .          | .      | .
"""

ONLY_BY_NOTIFICATION = {("ACTION_REQUIRED", "IN_PROCESS"), ("PENDING", "IN_PROCESS")} | {
    ("NEEDS_REVIEW", "IN_PROCESS")
}
"""Only a PAYMENT_PENDING proves that the buyer has finished; no other answer in process does."""
OTHERS = [source for source in Source if source not in {Source.NOTIFICATION, Source.INQUIRY}]
CELLS = (
    [(Source.NOTIFICATION, *cell) for cell in cells(BY_NOTIFICATION)]
    + [(Source.INQUIRY, *cell) for cell in cells(BY_INQUIRY)]
    + [
        (source, status, verdict, "." if (status, verdict) in ONLY_BY_NOTIFICATION else cell)
        for source in OTHERS
        for status, verdict, cell in cells(BY_NOTIFICATION)
    ]
)

CORRECTIONS = {
    (Source.INQUIRY, status, "SUCCEEDED") for status in ("DECLINED", "FAILED", "CANCELLED", "EXPIRED")
}
"""An inquiry that finds an authorization of a closed attempt: it is the gateway's own record."""
CONTRADICTIONS = [
    cell for cell in CELLS if ("review" in cell[3] or "ask" in cell[3]) and cell[:3] not in CORRECTIONS
]


def effect_of(before: Payment, after: Settlement) -> str:
    """Returns the cell that describes the effect of a settlement."""
    payment, parts = after.payment, []
    if payment.status is not before.status:
        parts.append(payment.status.value)
    if after.must_inquire:
        assert payment.review is not None
        parts.append("ask")
    elif payment.review != before.review:
        parts.append("review")
    return " ".join(parts) or ("." if payment == before else "=")


def test_tables_have_every_source_status_and_verdict() -> None:
    expected = {(source, status, verdict) for source in Source for status in S for verdict in Verdict}
    assert {(source, S(status), Verdict(verdict)) for source, status, verdict, _ in CELLS} == expected


@each_case("mode", CaptureMode)
@each_case(("source", "status", "verdict", "cell"), CELLS)
def test_matching_evidence_has_the_effect_in_the_table(
    source: Source, status: str, verdict: str, cell: str, mode: CaptureMode
) -> None:
    if mode is CaptureMode.AUTOMATIC and (status, verdict) == ("CAPTURING", "CANCELLED"):
        cell = "CANCELLED"  # only a capture of the payment's own is waited for
    before = payment_at(S(status), mode)
    after = settled(before, payment_evidence(Verdict(verdict), source))
    assert effect_of(before, after) == cell


@each_case(("source", "status", "verdict", "cell"), CELLS)
def test_every_change_is_an_edge_and_is_recorded(
    source: Source, status: str, verdict: str, cell: str
) -> None:
    before = payment_at(S(status))
    after = settled(before, payment_evidence(Verdict(verdict), source)).payment
    assert after.events[: len(before.events)] == before.events, "the audit trail only grows"
    at = before.status
    for line in after.events[len(before.events) :]:
        assert (line.at, line.source, line.from_) == (NOW, source, at)
        assert line.to is (target(line.from_, line.event) if line.event else line.from_)
        at = line.to
    assert after.status is at


@each_case(("source", "status", "verdict", "cell"), CELLS)
def test_repeated_evidence_changes_nothing(source: Source, status: str, verdict: str, cell: str) -> None:
    evidence = payment_evidence(Verdict(verdict), source)
    once = settled(payment_at(S(status)), evidence).payment
    later = settled(once, evidence, at=NOW + timedelta(minutes=1)).payment
    assert later == once


@each_case(("source", "status", "verdict", "cell"), CONTRADICTIONS)
def test_contradiction_is_recorded_and_not_applied(
    source: Source, status: str, verdict: str, cell: str
) -> None:
    before = payment_at(S(status))
    after = settled(before, payment_evidence(Verdict(verdict), source)).payment
    assert after.review is not None
    assert after.review.reason in [line.detail for line in after.events]
    assert (after.attempts, after.authorizedAmount) == (before.attempts, before.authorizedAmount)
    assert (after.captures, after.capturedAmount) == (before.captures, before.capturedAmount)


@pytest.mark.parametrize("status", [S.FAILED, S.CANCELLED, S.EXPIRED])
def test_late_authorization_of_ended_payment_is_marked_until_its_release(status: S) -> None:
    held = settled(payment_at(status), payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY)).payment
    assert (held.status, held.attempt.status) == (status, A.AUTHORIZED_AFTER_CLOSE)
    assert held.authorizedAmount is None, "a late authorization cannot be captured"
    assert held.review is not None
    assert held.review.reason == "attempt ORDER_1-1 succeeded after it was closed"
    assert settled(held, payment_evidence(Verdict.SUCCEEDED)).payment == held
    released = settled(held, payment_evidence(Verdict.CANCELLED, Source.INQUIRY)).payment
    assert (released.status, released.attempt.status) == (status, A.CANCELLED)


@pytest.mark.parametrize("source", Source)
def test_later_evidence_with_fewer_fields_removes_nothing(source: Source) -> None:
    known = settled(payment_at(S.PENDING), payment_evidence(Verdict.SUCCEEDED, cardToken="token-1")).payment
    after = settled(known, payment_evidence(Verdict.SUCCEEDED, source, authExpiryTime=None)).payment
    assert (after.authExpiryTime, after.cardToken) == (EXPIRY, "token-1")


@pytest.mark.parametrize("status", [S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING, S.NEEDS_REVIEW])
@pytest.mark.parametrize(
    ("code", "limit", "becomes", "attempt"),
    [
        ("DO_NOT_HONOR", 2, S.DECLINED, A.DECLINED),
        ("DO_NOT_HONOR", 1, S.FAILED, A.DECLINED),
        ("CARD_REFERENCE_NOT_FOUND", 2, S.DECLINED, A.DECLINED),
        ("ORDER_NOT_EXIST", 2, S.DECLINED, A.DECLINED),
        ("RISK_REJECT", 2, S.FAILED, A.DECLINED),
        ("PARAM_ILLEGAL", 2, S.FAILED, A.DECLINED),
        ("AN_UNDOCUMENTED_CODE", 2, S.DECLINED, A.DECLINED),
        ("AN_UNDOCUMENTED_CODE", 1, S.FAILED, A.DECLINED),
        (None, 2, S.DECLINED, A.DECLINED),
        ("SYSTEM_ERROR", 2, S.FAILED, A.DECLINED),
        ("ORDER_IS_CLOSED", 2, S.EXPIRED, A.EXPIRED),
        ("PAY_CALL_NOT_SENT", 2, S.EXPIRED, A.EXPIRED),
    ],
)
def test_failure_changes_status_by_code_and_remaining_attempts(
    status: S, code: str | None, limit: int, becomes: S, attempt: A
) -> None:
    failure = payment_evidence(Verdict.FAILED, Source.INQUIRY, resultCode=code, resultMessage="text")
    after = settle(payment_at(status), failure, NOW, attempt_limit=limit).payment
    assert after.status is becomes
    assert (after.attempt.status, after.attempt.resultCode) == (attempt, code)
    assert (after.attempt.decidedAt, after.attempt.decidedBy) == (NOW, Source.INQUIRY)
    assert after.nextAction is None
    assert after.authorizedAmount is None


@pytest.mark.parametrize(
    ("code", "is_for_a_person"),
    [
        ("DO_NOT_HONOR", False),
        ("ORDER_NOT_EXIST", False),
        ("CARD_REFERENCE_NOT_FOUND", False),
        ("PARAM_ILLEGAL", False),
        ("INVALID_CONTRACT", True),
        ("RISK_REJECT", True),
        ("SYSTEM_ERROR", True),
        ("PROCESS_FAIL", True),
        ("ACCESS_DENIED", True),
        ("AN_UNDOCUMENTED_CODE", True),
        (None, True),
    ],
)
def test_failure_is_reviewed_where_no_retry_helps_or_its_code_is_unknown(
    code: str | None, *, is_for_a_person: bool
) -> None:
    failure = payment_evidence(Verdict.FAILED, Source.INQUIRY, resultCode=code)
    after = settled(payment_at(S.PENDING), failure).payment
    assert (after.review is not None) is is_for_a_person
    if after.review is not None:
        assert after.review.reason == f"attempt ORDER_1-1 failed: {code or 'without a code'}"


@pytest.mark.parametrize(
    "code", ["SYSTEM_ERROR", "PROCESS_FAIL", "ACCESS_DENIED", "AN_UNDOCUMENTED_CODE", None]
)
@pytest.mark.parametrize("status", [S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING, S.NEEDS_REVIEW])
def test_notified_failure_without_an_explanation_is_inquired_about_first(status: S, code: str | None) -> None:
    before = payment_at(status)
    after = settled(before, payment_evidence(Verdict.FAILED, resultCode=code))
    assert after.must_inquire
    assert (after.payment.status, after.payment.attempts) == (status, before.attempts)
    confirmed = settled(after.payment, payment_evidence(Verdict.FAILED, Source.INQUIRY, resultCode=code))
    assert confirmed.payment.status in {S.DECLINED, S.FAILED}
    assert confirmed.payment.review is not None


@pytest.mark.parametrize("status", [S.AUTHORIZED])
@pytest.mark.parametrize(("late", "becomes"), [(-1, S.CANCELLED), (0, S.EXPIRED), (1, S.EXPIRED)])
def test_released_hold_has_expired_after_its_expiry_time(status: S, late: int, becomes: S) -> None:
    at = EXPIRY + timedelta(seconds=late)
    after = settled(payment_at(status), payment_evidence(Verdict.CANCELLED, Source.INQUIRY), at=at).payment
    assert after.status is becomes
    assert after.attempt.status is A.CANCELLED


@pytest.mark.parametrize("source", Source)
def test_success_sets_authorized_amount_and_expiry_time(source: Source) -> None:
    evidence = payment_evidence(Verdict.SUCCEEDED, source, cardToken="token-1", value="0030000")
    after = settled(payment_at(S.ACTION_REQUIRED), evidence).payment
    assert (after.authorizedAmount, after.authExpiryTime) == (after.paymentAmount, EXPIRY)
    assert after.cardToken == "token-1"
    assert after.nextAction is None
    assert (after.attempt.status, after.attempt.decidedBy) == (A.AUTHORIZED, source)
    assert (after.attempt.paymentId, after.attempt.resultCode) == ("gateway-1", "SUCCESS")


@each_case("status", [status for status in S if status.is_final])
@each_case("verdict", Verdict)
@each_case("source", Source)
def test_evidence_about_the_payment_does_not_change_a_final_status(
    status: S, verdict: Verdict, source: Source
) -> None:
    assert settled(payment_at(status), payment_evidence(verdict, source)).payment.status is status
