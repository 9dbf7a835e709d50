"""What evidence of a capture does, by where the payment and the capture stand.

A cell is the payment's next status, the capture's where that changes too (`+` success, `-` failure), then
`review` or `ask`. `.` is nothing at all.
"""

from datetime import timedelta
from typing import Any

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.payment import Capture, CaptureStatus, Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.audit_trail import apply_event
from settlement.evidence import Verdict
from settlement.mismatch import Settlement
from settlement.transitions import target
from tests.support.each_case import each_case
from tests.support.settlement.evidence import (
    NOW,
    PART,
    REST,
    WHOLE,
    capture,
    capture_id,
    payment_at,
    says,
    says_of_capture,
    settled,
)
from tests.support.settlement.tables import cells

PROCESSING, SUCCESS, FAIL = CaptureStatus.PROCESSING, CaptureStatus.SUCCESS, CaptureStatus.FAIL
MARKS = {SUCCESS: "+", FAIL: "-"}


def with_captures(status: S, *captures: Capture, mode: CaptureMode = CaptureMode.MANUAL) -> Payment:
    taken = sum(c.captureAmount.minor_units for c in captures if c.status is SUCCESS)
    amount = WHOLE.model_copy(update={"value": str(taken)}) if taken else None
    held: dict[str, Any] = {"authorizedAmount": WHOLE}
    return payment_at(status, mode, captures=captures, capturedAmount=amount, **held)


STANDS = {
    "CAPTURING whole": with_captures(S.CAPTURING, capture(PROCESSING)),
    "CAPTURING last part": with_captures(S.CAPTURING, capture(PROCESSING, PART)),
    "CAPTURING a part": with_captures(S.CAPTURING, capture(PROCESSING, PART, last=False)),
    "CAPTURING the rest": with_captures(
        S.CAPTURING, capture(PROCESSING, REST), capture(SUCCESS, PART, 2, last=False)
    ),
    "NEEDS_REVIEW open": with_captures(S.NEEDS_REVIEW, capture(PROCESSING)),
    "CANCELLING open": with_captures(S.CANCELLING, capture(PROCESSING)),
    "CANCELLED open": with_captures(S.CANCELLED, capture(PROCESSING)),
    "AUTHORIZED failed": with_captures(S.AUTHORIZED, capture(FAIL)),
    "EXPIRED failed": with_captures(S.EXPIRED, capture(FAIL)),
    "PARTIALLY taken": with_captures(S.PARTIALLY_CAPTURED, capture(SUCCESS, PART, last=False)),
    "CAPTURED taken": with_captures(S.CAPTURED, capture(SUCCESS)),
    "CAPTURED failed": with_captures(S.CAPTURED, capture(FAIL), capture(SUCCESS, number=2)),
    "CAPTURING failed": with_captures(S.CAPTURING, capture(FAIL), capture(PROCESSING, number=2)),
    "NEEDS_REVIEW reversed": with_captures(S.NEEDS_REVIEW, capture(FAIL)),
}

BY_NOTIFICATION = """
stands                | SUCCEEDED            | FAILED                | CANCELLED             | IN_PROCESS
CAPTURING whole       | CAPTURED +           | AUTHORIZED - review   | AUTHORIZED - review   | .
CAPTURING last part   | CAPTURED +           | AUTHORIZED - review   | AUTHORIZED - review   | .
CAPTURING a part      | PARTIALLY_CAPTURED + | AUTHORIZED - review   | AUTHORIZED - review   | .
CAPTURING the rest    | CAPTURED +           | PARTIALLY_CAPTURED - review | PARTIALLY_CAPTURED - review | .
NEEDS_REVIEW open     | CAPTURED +           | AUTHORIZED -          | AUTHORIZED -          | .
CANCELLING open       | CAPTURED +           | - review              | - review              | .
CANCELLED open        | + review             | - review              | - review              | .
AUTHORIZED failed     | ask                  | .                     | .                     | .
EXPIRED failed        | ask                  | .                     | .                     | .
PARTIALLY taken       | .                    | NEEDS_REVIEW - review | NEEDS_REVIEW - review | .
CAPTURED taken        | .                    | NEEDS_REVIEW - review | NEEDS_REVIEW - review | .
CAPTURED failed       | ask                  | .                     | .                     | .
CAPTURING failed      | ask                  | .                     | .                     | .
NEEDS_REVIEW reversed | ask                  | .                     | .                     | .
"""

ONLY_IN_THE_GATEWAYS_RECORD = {
    "AUTHORIZED failed": "CAPTURED + review",
    "EXPIRED failed": "+ review",
    "CAPTURED failed": "review",
    "CAPTURING failed": "+ review",
    "NEEDS_REVIEW reversed": "CAPTURED +",
}
"""What an inquiry does where anybody else's success of a failed capture is only a reason to ask."""
CELLS = [
    (source, stand, verdict, ONLY_IN_THE_GATEWAYS_RECORD[stand] if by_inquiry and cell == "ask" else cell)
    for source in Source
    for by_inquiry in [source is Source.INQUIRY]
    for stand, verdict, cell in cells(BY_NOTIFICATION)
] + [
    (source, stand, verdict, ".")
    for source in Source
    for stand in STANDS
    for verdict in (Verdict.ABSENT, Verdict.UNCLEAR)
]


def of_first(verdict: Verdict | str, source: Source, before: Payment) -> Any:
    return says_of_capture(Verdict(verdict), source, before.captures[0].captureAmount)


def happened(before: Payment, after: Settlement) -> str:
    payment, words = after.payment, []
    if payment.status is not before.status:
        words.append(payment.status.value)
    if payment.captures[0].status is not before.captures[0].status:
        words.append(MARKS[payment.captures[0].status])
    if after.must_inquire:
        assert payment.review is not None
        words.append("ask")
    elif payment.review != before.review:
        words.append("review")
    return " ".join(words) or ("." if payment == before else "=")


def test_the_table_leaves_nothing_out() -> None:
    expected = {(source, stand, verdict) for source in Source for stand in STANDS for verdict in Verdict}
    assert {(source, stand, Verdict(verdict)) for source, stand, verdict, _ in CELLS} == expected


@each_case(("source", "stand", "verdict", "cell"), CELLS)
def test_evidence_of_a_capture(source: Source, stand: str, verdict: str, cell: str) -> None:
    before = STANDS[stand]
    after = settled(before, of_first(verdict, source, before))
    assert happened(before, after) == cell


@each_case(("source", "stand", "verdict", "cell"), CELLS)
def test_moves_are_edges_money_adds_up_and_twice_is_once(
    source: Source, stand: str, verdict: str, cell: str
) -> None:
    before = STANDS[stand]
    evidence = of_first(verdict, source, before)
    after = settled(before, evidence).payment
    assert after.events[: len(before.events)] == before.events
    for line in after.events[len(before.events) :]:
        assert line.to is (target(line.from_, line.event) if line.event else line.from_)
    taken = sum(c.captureAmount.minor_units for c in after.captures if c.status is SUCCESS)
    assert taken == (after.capturedAmount.minor_units if after.capturedAmount else 0)
    assert taken <= after.paymentAmount.minor_units
    assert settled(after, evidence, at=NOW + timedelta(hours=1)).payment == after


@pytest.mark.parametrize(
    ("code", "becomes", "review"),
    [
        ("USER_STATUS_ABNORMAL", S.AUTHORIZED, True),
        ("A_CODE_NOBODY_DOCUMENTED", S.AUTHORIZED, True),
        (None, S.AUTHORIZED, True),
        ("AUTH_EXPIRED", S.EXPIRED, False),
        ("AUTH_CANCELLED", S.CANCELLED, False),
        ("ORDER_IS_CANCELED", S.CANCELLED, False),
    ],
)
def test_what_a_failed_capture_means_depends_on_its_code(code: str | None, becomes: S, review: bool) -> None:
    failed = says_of_capture(Verdict.FAILED, resultCode=code)
    after = settled(payment_at(S.CAPTURING), failed).payment
    assert after.status is becomes
    assert after.captures[0].resultCode == code
    reason = f"capture ORDER_1-c1: {code or 'failed'}"
    assert (after.review.reason if after.review else None) == (reason if review else None)
    part_taken = settled(STANDS["CAPTURING the rest"], failed.model_copy(update={"value": "20000"})).payment
    assert part_taken.status is S.PARTIALLY_CAPTURED, "whatever the code, money has been taken"


@pytest.mark.parametrize("code", ["USER_STATUS_ABNORMAL", "AUTH_EXPIRED", "ORDER_IS_CANCELED", None])
def test_a_capture_that_is_taken_back_is_a_correction_whatever_its_code(code: str | None) -> None:
    after = settled(payment_at(S.CAPTURED), says_of_capture(Verdict.FAILED, resultCode=code)).payment
    assert after.events[-1].event is Event.CAPTURE_REVERSED
    assert (after.status, after.capturedAmount) == (S.NEEDS_REVIEW, None)
    assert after.review is not None
    assert after.review.reason == f"capture ORDER_1-c1: {code or 'failed'}"


def test_a_success_that_is_told_again_after_it_was_taken_back_captures_nothing() -> None:
    success, failure = says_of_capture(Verdict.SUCCEEDED), says_of_capture(Verdict.FAILED, Source.INQUIRY)
    after, ask = settled(payment_at(S.CAPTURING), success, failure, success)
    assert (after.status, after.capturedAmount, ask) == (S.NEEDS_REVIEW, None, True)


def test_a_failed_capture_that_succeeded_after_all_while_another_one_is_open() -> None:
    """Nothing has ended before the second one has a result, and it is never counted on top."""
    both = STANDS["CAPTURING failed"]
    first = settled(both, says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY)).payment
    assert (first.status, first.capturedAmount) == (S.CAPTURING, WHOLE)
    second = says_of_capture(Verdict.FAILED, captureRequestId=capture_id(2))
    assert settled(first, second).payment.status is S.CAPTURED
    doubled, ask = settled(first, second.model_copy(update={"verdict": Verdict.SUCCEEDED}))
    assert (doubled.status, doubled.capturedAmount, ask) == (S.CAPTURING, WHOLE, True)
    assert doubled.events[-1].detail == "captures add up to more than is authorized: ORDER_1-c2"


def test_the_trail_tells_it_each_time_money_is_taken_and_taken_back_of_an_ended_payment() -> None:
    before = STANDS["EXPIRED failed"]
    success, failure = (of_first(v, Source.INQUIRY, before) for v in (Verdict.SUCCEEDED, Verdict.FAILED))
    after = settled(before, success, failure, success, failure).payment
    assert (after.status, after.capturedAmount) == (S.EXPIRED, None)
    assert [line.detail for line in after.events[len(before.events) :]] == [
        "captured is not possible from EXPIRED",
        "capture_reversed is not possible from EXPIRED",
    ] * 2


@pytest.mark.parametrize("status", [S.NEEDS_REVIEW, S.CAPTURING])
@pytest.mark.parametrize("source", Source)
def test_a_payments_success_says_nothing_about_its_open_capture(status: S, source: Source) -> None:
    before = with_captures(status, capture(PROCESSING))
    after = settled(before, says(Verdict.SUCCEEDED, source)).payment
    assert (after.status, after.captures) == (status, before.captures)


def test_a_payment_under_review_of_which_a_part_is_taken_goes_back_to_that() -> None:
    doubtful = with_captures(S.NEEDS_REVIEW, capture(SUCCESS, PART, last=False))
    after = settled(doubtful, says(Verdict.SUCCEEDED, Source.INQUIRY)).payment
    assert (after.status, after.capturedAmount) == (S.PARTIALLY_CAPTURED, PART)


def test_a_payment_of_which_all_is_taken_is_captured_whatever_was_to_be_the_last() -> None:
    failed, taken = capture(FAIL, PART, last=False), capture(SUCCESS, REST, 2, last=False)
    partly = with_captures(S.PARTIALLY_CAPTURED, failed, taken)
    success = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, PART)
    after = settled(partly, success).payment
    assert (after.status, after.capturedAmount) == (S.CAPTURED, WHOLE)


AUTOMATIC = payment_at(S.AUTHORIZED, CaptureMode.AUTOMATIC)


def gateways_own(verdict: Verdict, source: Source = Source.NOTIFICATION, number: int = 1) -> Any:
    return says_of_capture(verdict, source, captureRequestId=f"gateways-{number}")


@pytest.mark.parametrize(
    ("verdict", "becomes", "capture_becomes"),
    [
        (Verdict.SUCCEEDED, S.CAPTURED, SUCCESS),
        (Verdict.IN_PROCESS, S.AUTHORIZED, PROCESSING),
        (Verdict.FAILED, S.AUTHORIZED, FAIL),
    ],
)
def test_an_automatic_capture_has_an_id_that_the_gateway_made(
    verdict: Verdict, becomes: S, capture_becomes: CaptureStatus
) -> None:
    after = settled(AUTOMATIC, gateways_own(verdict)).payment
    assert after.status is becomes
    assert [(c.captureRequestId, c.captureAmount, c.status) for c in after.captures] == [
        ("gateways-1", WHOLE, capture_becomes)
    ]
    assert settled(after, gateways_own(verdict)).payment == after


def test_another_automatic_capture_is_welcome_after_a_failed_one_alone() -> None:
    second = gateways_own(Verdict.SUCCEEDED, number=2)
    failed = settled(AUTOMATIC, gateways_own(Verdict.FAILED)).payment
    assert settled(failed, second).payment.status is S.CAPTURED
    for verdict in (Verdict.SUCCEEDED, Verdict.IN_PROCESS):
        first = settled(AUTOMATIC, gateways_own(verdict)).payment
        after = settled(first, second).payment
        assert (after.status, after.captures) == (first.status, first.captures)
        assert after.review is not None
        assert after.review.reason == "a second capture of an AUTOMATIC payment: gateways-2"


@pytest.mark.parametrize("status", [S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING])
@pytest.mark.parametrize("source", Source)
def test_an_automatic_capture_before_the_authorization_waits_for_it(status: S, source: Source) -> None:
    before = payment_at(status, CaptureMode.AUTOMATIC)
    early, ask = settled(before, gateways_own(Verdict.SUCCEEDED, source))
    assert (early.status, early.captures, early.review) == (status, (), None)
    assert ask is (source is not Source.INQUIRY)
    assert early.events[-1].detail == "a capture result before the authorization's: gateways-1"
    after = settled(early, says(Verdict.SUCCEEDED, Source.INQUIRY), gateways_own(Verdict.SUCCEEDED)).payment
    assert after.status is S.CAPTURED


def test_an_early_capture_of_another_amount_is_a_mismatch_at_once() -> None:
    before = payment_at(S.PENDING, CaptureMode.AUTOMATIC)
    after, ask = settled(before, says_of_capture(Verdict.SUCCEEDED, value="1"))
    assert ask
    assert after.review is not None
    assert after.review.reason == "evidence carries another amount: ORDER_1-c1"


def test_an_automatic_capture_without_an_id_cannot_be_counted() -> None:
    after = settled(AUTOMATIC, says_of_capture(Verdict.SUCCEEDED, captureRequestId=None)).payment
    assert (after.status, after.captures) == (S.AUTHORIZED, ())
    assert after.events[-1].detail == "a capture without a captureRequestId"


def test_the_captures_own_ids_are_kept() -> None:
    after = settled(payment_at(S.CAPTURING), says_of_capture(Verdict.SUCCEEDED)).payment
    assert (after.captures[0].captureId, after.captures[0].resultCode) == ("captured-1", "SUCCESS")


def test_captures_are_matched_by_their_own_id_and_not_by_the_latest_one() -> None:
    stands = with_captures(S.PARTIALLY_CAPTURED, capture(SUCCESS, PART, last=False))
    again = apply_event(stands, Event.CAPTURE_REQUESTED, NOW, Source.MERCHANT)
    both = again.model_copy(update={"captures": (*again.captures, capture(PROCESSING, REST, 2))})
    assert settled(both, says_of_capture(Verdict.SUCCEEDED, amount=PART)).payment == both
    second = says_of_capture(Verdict.SUCCEEDED, amount=REST, captureRequestId=capture_id(2))
    assert settled(both, second).payment.status is S.CAPTURED
