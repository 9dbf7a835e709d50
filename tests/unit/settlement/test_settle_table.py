"""Every status meets everything that anybody can say about the current attempt.

A cell is what happens: `.` nothing at all, `STATUS` the payment moves there, `=` it learns something and
stays, `review` it stays and a person is told, `ask` the same and the gateway is asked what is true.
"""

from datetime import timedelta

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.attempt_status import AttemptStatus as A
from holdfast.payment import Payment
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.evidence import Verdict
from settlement.mismatch import Settlement
from settlement.settle import settle
from settlement.transitions import target
from tests.support.each_case import each_case
from tests.support.settlement.evidence import EXPIRY, NOW, payment_at, says, settled
from tests.support.settlement.tables import cells

BY_NOTIFICATION = """
from               | SUCCEEDED  | FAILED   | CANCELLED | IN_PROCESS | ABSENT | UNCLEAR
AUTHORIZING        | AUTHORIZED | DECLINED | CANCELLED | PENDING    | .      | .
ACTION_REQUIRED    | AUTHORIZED | DECLINED | CANCELLED | PENDING    | .      | .
PENDING            | AUTHORIZED | DECLINED | CANCELLED | =          | .      | .
NEEDS_REVIEW       | AUTHORIZED | DECLINED | CANCELLED | PENDING    | .      | .
AUTHORIZED         | .          | ask      | CANCELLED | .          | .      | .
CAPTURING          | .          | ask      | CANCELLED | .          | .      | .
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
CAPTURING          | .                 | NEEDS_REVIEW review | CANCELLED | .          | .      | .
PARTIALLY_CAPTURED | .                 | NEEDS_REVIEW review | review    | .          | .      | .
CAPTURED           | .                 | review              | review    | .          | .      | .
CANCELLING         | .                 | =                   | =         | .          | .      | .
DECLINED           | AUTHORIZED review | .                   | .         | .          | .      | .
FAILED             | review            | .                   | .         | .          | .      | .
CANCELLED          | review            | .                   | .         | .          | .      | .
EXPIRED            | review            | .                   | .         | .          | .      | .
"""

ONLY_A_NOTIFICATION_KNOWS = {("ACTION_REQUIRED", "IN_PROCESS"), ("PENDING", "IN_PROCESS")} | {
    ("NEEDS_REVIEW", "IN_PROCESS")
}
"""A PAYMENT_PENDING says that the buyer has done their part; no other answer in process does."""
OTHERS = [source for source in Source if source not in {Source.NOTIFICATION, Source.INQUIRY}]
CELLS = (
    [(Source.NOTIFICATION, *cell) for cell in cells(BY_NOTIFICATION)]
    + [(Source.INQUIRY, *cell) for cell in cells(BY_INQUIRY)]
    + [
        (source, status, verdict, "." if (status, verdict) in ONLY_A_NOTIFICATION_KNOWS else cell)
        for source in OTHERS
        for status, verdict, cell in cells(BY_NOTIFICATION)
    ]
)

BELIEVED = {
    (Source.INQUIRY, status, "SUCCEEDED") for status in ("DECLINED", "FAILED", "CANCELLED", "EXPIRED")
}
"""An inquiry that finds a dead attempt alive: it is the gateway's own record."""
CONTRADICTIONS = [
    cell for cell in CELLS if ("review" in cell[3] or "ask" in cell[3]) and cell[:3] not in BELIEVED
]


def happened(before: Payment, after: Settlement) -> str:
    """The cell that describes what a settlement did."""
    payment, words = after.payment, []
    if payment.status is not before.status:
        words.append(payment.status.value)
    if after.must_inquire:
        assert payment.review is not None
        words.append("ask")
    elif payment.review != before.review:
        words.append("review")
    return " ".join(words) or ("." if payment == before else "=")


def test_the_tables_leave_nothing_out() -> None:
    expected = {(source, status, verdict) for source in Source for status in S for verdict in Verdict}
    assert {(source, S(status), Verdict(verdict)) for source, status, verdict, _ in CELLS} == expected


@each_case("mode", CaptureMode)
@each_case(("source", "status", "verdict", "cell"), CELLS)
def test_evidence_that_fits(source: Source, status: str, verdict: str, cell: str, mode: CaptureMode) -> None:
    before = payment_at(S(status), mode)
    after = settled(before, says(Verdict(verdict), source))
    assert happened(before, after) == cell


@each_case(("source", "status", "verdict", "cell"), CELLS)
def test_every_move_is_an_edge_and_is_written_down(
    source: Source, status: str, verdict: str, cell: str
) -> None:
    before = payment_at(S(status))
    after = settled(before, says(Verdict(verdict), source)).payment
    assert after.events[: len(before.events)] == before.events, "the audit trail only grows"
    at = before.status
    for line in after.events[len(before.events) :]:
        assert (line.at, line.source, line.from_) == (NOW, source, at)
        assert line.to is (target(line.from_, line.event) if line.event else line.from_)
        at = line.to
    assert after.status is at


@each_case(("source", "status", "verdict", "cell"), CELLS)
def test_twice_is_once(source: Source, status: str, verdict: str, cell: str) -> None:
    evidence = says(Verdict(verdict), source)
    once = settled(payment_at(S(status)), evidence).payment
    later = settled(once, evidence, at=NOW + timedelta(minutes=1)).payment
    assert later == once


@each_case(("source", "status", "verdict", "cell"), CONTRADICTIONS)
def test_what_contradicts_is_written_down_and_not_applied(
    source: Source, status: str, verdict: str, cell: str
) -> None:
    before = payment_at(S(status))
    after = settled(before, says(Verdict(verdict), source)).payment
    assert after.review is not None
    assert after.review.reason in [line.detail for line in after.events]
    assert (after.attempts, after.authorizedAmount) == (before.attempts, before.authorizedAmount)
    assert (after.captures, after.capturedAmount) == (before.captures, before.capturedAmount)


@pytest.mark.parametrize("status", [S.FAILED, S.CANCELLED, S.EXPIRED])
def test_a_hold_behind_an_ended_payment_is_marked_until_the_gateway_says_it_is_gone(status: S) -> None:
    held = settled(payment_at(status), says(Verdict.SUCCEEDED, Source.INQUIRY)).payment
    assert (held.status, held.attempt.status) == (status, A.AUTHORIZED_AFTER_CLOSE)
    assert held.authorizedAmount is None, "nobody may capture it"
    assert held.review is not None
    assert held.review.reason == "attempt ORDER_1-1 succeeded after it was closed"
    assert settled(held, says(Verdict.SUCCEEDED)).payment == held
    gone = settled(held, says(Verdict.CANCELLED, Source.INQUIRY)).payment
    assert (gone.status, gone.attempt.status) == (status, A.CANCELLED)


@pytest.mark.parametrize("source", Source)
def test_later_evidence_that_tells_less_takes_nothing_away(source: Source) -> None:
    known = settled(payment_at(S.PENDING), says(Verdict.SUCCEEDED, cardToken="token-1")).payment
    after = settled(known, says(Verdict.SUCCEEDED, source, authExpiryTime=None)).payment
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
        ("A_CODE_NOBODY_DOCUMENTED", 2, S.FAILED, A.DECLINED),
        (None, 2, S.FAILED, A.DECLINED),
        ("ORDER_IS_CLOSED", 2, S.EXPIRED, A.EXPIRED),
    ],
)
def test_what_a_failure_means_depends_on_its_code_and_on_the_attempts_left(
    status: S, code: str | None, limit: int, becomes: S, attempt: A
) -> None:
    failure = says(Verdict.FAILED, Source.INQUIRY, resultCode=code, resultMessage="text")
    after = settle(payment_at(status), failure, NOW, attempt_limit=limit).payment
    assert after.status is becomes
    assert (after.attempt.status, after.attempt.resultCode) == (attempt, code)
    assert (after.attempt.decidedAt, after.attempt.decidedBy) == (NOW, Source.INQUIRY)
    assert after.nextAction is None
    assert after.authorizedAmount is None


@pytest.mark.parametrize("status", [S.AUTHORIZED, S.CAPTURING])
@pytest.mark.parametrize(("late", "becomes"), [(-1, S.CANCELLED), (0, S.EXPIRED), (1, S.EXPIRED)])
def test_a_hold_that_the_gateway_let_go_has_expired_when_its_time_was_up(
    status: S, late: int, becomes: S
) -> None:
    at = EXPIRY + timedelta(seconds=late)
    after = settled(payment_at(status), says(Verdict.CANCELLED, Source.INQUIRY), at=at).payment
    assert after.status is becomes
    assert after.attempt.status is A.CANCELLED


@pytest.mark.parametrize("source", Source)
def test_a_success_tells_what_is_held_and_until_when(source: Source) -> None:
    evidence = says(Verdict.SUCCEEDED, source, cardToken="token-1", value="0030000")
    after = settled(payment_at(S.ACTION_REQUIRED), evidence).payment
    assert (after.authorizedAmount, after.authExpiryTime) == (after.paymentAmount, EXPIRY)
    assert after.cardToken == "token-1"
    assert after.nextAction is None
    assert (after.attempt.status, after.attempt.decidedBy) == (A.AUTHORIZED, source)
    assert (after.attempt.paymentId, after.attempt.resultCode) == ("gateway-1", "SUCCESS")


@each_case("status", [status for status in S if status.is_final])
@each_case("verdict", Verdict)
@each_case("source", Source)
def test_nothing_said_about_the_payment_moves_a_final_status(
    status: S, verdict: Verdict, source: Source
) -> None:
    assert settled(payment_at(status), says(verdict, source)).payment.status is status
