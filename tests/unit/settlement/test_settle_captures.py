"""The effect of capture evidence, by the state of the payment and its captures.

A cell is the payment's next status, then the capture's if it changes (`+` success, `-` failure), then
`review` or `ask`. `.` is no change at all.
"""

from datetime import timedelta
from typing import Any

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.payment import Capture, CaptureStatus, Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
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
    capture_evidence,
    capture_id,
    payment_at,
    payment_evidence,
    settled,
)
from tests.support.settlement.tables import cells

PROCESSING, SUCCESS, FAIL = CaptureStatus.PROCESSING, CaptureStatus.SUCCESS, CaptureStatus.FAIL
MARKS = {SUCCESS: "+", FAIL: "-"}


def with_captures(status: S, *captures: Capture, mode: CaptureMode = CaptureMode.MANUAL) -> Payment:
    captured = sum(c.captureAmount.minor_units for c in captures if c.status is SUCCESS)
    amount = WHOLE.model_copy(update={"value": str(captured)}) if captured else None
    held: dict[str, Any] = {"authorizedAmount": WHOLE}
    return payment_at(status, mode, captures=captures, capturedAmount=amount, **held)


STATES = {
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
    "PARTIALLY success": with_captures(S.PARTIALLY_CAPTURED, capture(SUCCESS, PART, last=False)),
    "CAPTURED success": with_captures(S.CAPTURED, capture(SUCCESS)),
    "CAPTURED failed": with_captures(S.CAPTURED, capture(FAIL), capture(SUCCESS, number=2)),
    "CAPTURING failed": with_captures(S.CAPTURING, capture(FAIL), capture(PROCESSING, number=2)),
    "NEEDS_REVIEW reversed": with_captures(S.NEEDS_REVIEW, capture(FAIL)),
}

BY_NOTIFICATION = """
state                 | SUCCEEDED            | FAILED                | CANCELLED             | IN_PROCESS
CAPTURING whole       | CAPTURED +           | AUTHORIZED - review   | AUTHORIZED - review   | .
CAPTURING last part   | CAPTURED +           | AUTHORIZED - review   | AUTHORIZED - review   | .
CAPTURING a part      | PARTIALLY_CAPTURED + | AUTHORIZED - review   | AUTHORIZED - review   | .
CAPTURING the rest    | CAPTURED +           | PARTIALLY_CAPTURED - review | PARTIALLY_CAPTURED - review | .
NEEDS_REVIEW open     | CAPTURED +           | AUTHORIZED -          | AUTHORIZED -          | .
CANCELLING open       | CAPTURED +           | - review              | - review              | .
CANCELLED open        | + review             | - review              | - review              | .
AUTHORIZED failed     | ask                  | .                     | .                     | .
EXPIRED failed        | ask                  | .                     | .                     | .
PARTIALLY success     | .                    | NEEDS_REVIEW - review | NEEDS_REVIEW - review | .
CAPTURED success      | .                    | NEEDS_REVIEW - review | NEEDS_REVIEW - review | .
CAPTURED failed       | ask                  | .                     | .                     | .
CAPTURING failed      | ask                  | .                     | .                     | .
NEEDS_REVIEW reversed | ask                  | .                     | .                     | .
"""

BY_INQUIRY = {
    "AUTHORIZED failed": "CAPTURED + review",
    "EXPIRED failed": "+ review",
    "CAPTURED failed": "review",
    "CAPTURING failed": "+ review",
    "NEEDS_REVIEW reversed": "CAPTURED +",
}
"""The effect of an inquiry where the success of a failed capture from other sources only needs an inquiry."""
CELLS = [
    (source, state, verdict, BY_INQUIRY[state] if by_inquiry and cell == "ask" else cell)
    for source in Source
    for by_inquiry in [source is Source.INQUIRY]
    for state, verdict, cell in cells(BY_NOTIFICATION)
] + [
    (source, state, verdict, ".")
    for source in Source
    for state in STATES
    for verdict in (Verdict.ABSENT, Verdict.UNCLEAR)
]


def of_first(verdict: Verdict | str, source: Source, before: Payment) -> Any:
    return capture_evidence(Verdict(verdict), source, before.captures[0].captureAmount)


def effect_of(before: Payment, after: Settlement) -> str:
    payment, parts = after.payment, []
    if payment.status is not before.status:
        parts.append(payment.status.value)
    if payment.captures[0].status is not before.captures[0].status:
        parts.append(MARKS[payment.captures[0].status])
    if after.must_inquire:
        assert payment.review is not None
        parts.append("ask")
    elif payment.review != before.review:
        parts.append("review")
    return " ".join(parts) or ("." if payment == before else "=")


def test_table_has_every_source_state_and_verdict() -> None:
    expected = {(source, state, verdict) for source in Source for state in STATES for verdict in Verdict}
    assert {(source, state, Verdict(verdict)) for source, state, verdict, _ in CELLS} == expected


@each_case(("source", "state", "verdict", "cell"), CELLS)
def test_capture_evidence_has_the_effect_in_the_table(
    source: Source, state: str, verdict: str, cell: str
) -> None:
    before = STATES[state]
    after = settled(before, of_first(verdict, source, before))
    assert effect_of(before, after) == cell


@each_case(("source", "state", "verdict", "cell"), CELLS)
def test_capture_evidence_keeps_invariants_and_is_idempotent(
    source: Source, state: str, verdict: str, cell: str
) -> None:
    before = STATES[state]
    evidence = of_first(verdict, source, before)
    after = settled(before, evidence).payment
    assert after.events[: len(before.events)] == before.events
    for line in after.events[len(before.events) :]:
        assert line.to is (target(line.from_, line.event) if line.event else line.from_)
    captured = sum(c.captureAmount.minor_units for c in after.captures if c.status is SUCCESS)
    assert captured == (after.capturedAmount.minor_units if after.capturedAmount else 0)
    assert captured <= after.paymentAmount.minor_units
    assert settled(after, evidence, at=NOW + timedelta(hours=1)).payment == after


@pytest.mark.parametrize(
    ("code", "becomes", "review"),
    [
        ("USER_STATUS_ABNORMAL", S.AUTHORIZED, True),
        ("AN_UNDOCUMENTED_CODE", S.AUTHORIZED, True),
        (None, S.AUTHORIZED, True),
        ("AUTH_EXPIRED", S.EXPIRED, False),
        ("AUTH_CANCELLED", S.CANCELLED, False),
        ("ORDER_IS_CANCELED", S.CANCELLED, False),
    ],
)
def test_failed_capture_changes_status_by_its_code(code: str | None, becomes: S, review: bool) -> None:
    failed = capture_evidence(Verdict.FAILED, Source.INQUIRY, resultCode=code)
    after = settled(payment_at(S.CAPTURING), failed).payment
    assert after.status is becomes
    assert after.captures[0].resultCode == code
    reason = f"capture ORDER_1-c1: {code or 'failed'}"
    assert (after.review.reason if after.review else None) == (reason if review else None)
    part_captured = settled(
        STATES["CAPTURING the rest"], failed.model_copy(update={"value": "20000"})
    ).payment
    assert part_captured.status is S.PARTIALLY_CAPTURED, "for every code, because a part is captured"


@pytest.mark.parametrize("code", ["USER_STATUS_ABNORMAL", "AUTH_EXPIRED", "ORDER_IS_CANCELED", None])
def test_reversed_capture_needs_review_for_every_code(code: str | None) -> None:
    after = settled(payment_at(S.CAPTURED), capture_evidence(Verdict.FAILED, resultCode=code)).payment
    assert after.events[-1].event is Event.CAPTURE_REVERSED
    assert (after.status, after.capturedAmount) == (S.NEEDS_REVIEW, None)
    assert after.review is not None
    assert after.review.reason == f"capture ORDER_1-c1: {code or 'failed'}"


def test_repeated_success_after_reversal_captures_nothing() -> None:
    success, failure = capture_evidence(Verdict.SUCCEEDED), capture_evidence(Verdict.FAILED, Source.INQUIRY)
    after, ask = settled(payment_at(S.CAPTURING), success, failure, success)
    assert (after.status, after.capturedAmount, ask) == (S.NEEDS_REVIEW, None, True)


def test_late_success_of_failed_capture_leaves_the_open_one_undecided() -> None:
    """The payment does not end before the second one has a result, which is not counted in addition."""
    before = STATES["CAPTURING failed"]
    first = settled(before, capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY)).payment
    assert (first.status, first.capturedAmount) == (S.CAPTURING, WHOLE)
    second = capture_evidence(Verdict.FAILED, captureRequestId=capture_id(2))
    assert settled(first, second).payment.status is S.CAPTURED
    doubled, ask = settled(first, second.model_copy(update={"verdict": Verdict.SUCCEEDED}))
    assert (doubled.status, doubled.capturedAmount, ask) == (S.CAPTURING, WHOLE, True)
    assert doubled.events[-1].detail == "captures add up to more than is authorized: ORDER_1-c2"


def test_each_late_capture_and_reversal_after_the_end_is_recorded() -> None:
    before = STATES["EXPIRED failed"]
    success, failure = (of_first(v, Source.INQUIRY, before) for v in (Verdict.SUCCEEDED, Verdict.FAILED))
    after = settled(before, success, failure, success, failure).payment
    assert (after.status, after.capturedAmount) == (S.EXPIRED, None)
    assert [line.detail for line in after.events[len(before.events) :]] == [
        "captured is not possible from EXPIRED",
        "capture_reversed is not possible from EXPIRED",
    ] * 2


@pytest.mark.parametrize("status", [S.NEEDS_REVIEW, S.CAPTURING])
@pytest.mark.parametrize("source", Source)
def test_success_of_payment_does_not_decide_open_capture(status: S, source: Source) -> None:
    before = with_captures(status, capture(PROCESSING))
    after = settled(before, payment_evidence(Verdict.SUCCEEDED, source)).payment
    assert (after.status, after.captures) == (status, before.captures)


def test_partially_captured_payment_leaves_review_as_partially_captured() -> None:
    reviewed = with_captures(S.NEEDS_REVIEW, capture(SUCCESS, PART, last=False))
    after = settled(reviewed, payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY)).payment
    assert (after.status, after.capturedAmount) == (S.PARTIALLY_CAPTURED, PART)


def test_payment_is_captured_when_parts_add_up_to_the_whole() -> None:
    failed, captured = capture(FAIL, PART, last=False), capture(SUCCESS, REST, 2, last=False)
    partly = with_captures(S.PARTIALLY_CAPTURED, failed, captured)
    success = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, PART)
    after = settled(partly, success).payment
    assert (after.status, after.capturedAmount) == (S.CAPTURED, WHOLE)


AUTOMATIC = payment_at(S.AUTHORIZED, CaptureMode.AUTOMATIC)


def automatic_capture(verdict: Verdict, source: Source = Source.NOTIFICATION, number: int = 1) -> Any:
    return capture_evidence(verdict, source, captureRequestId=f"gateways-{number}")


@pytest.mark.parametrize(
    ("verdict", "becomes", "capture_becomes"),
    [
        (Verdict.SUCCEEDED, S.CAPTURED, SUCCESS),
        (Verdict.IN_PROCESS, S.AUTHORIZED, PROCESSING),
        (Verdict.FAILED, S.AUTHORIZED, FAIL),
    ],
)
def test_automatic_capture_has_the_id_of_the_gateway(
    verdict: Verdict, becomes: S, capture_becomes: CaptureStatus
) -> None:
    after = settled(AUTOMATIC, automatic_capture(verdict)).payment
    assert after.status is becomes
    assert [(c.captureRequestId, c.captureAmount, c.status) for c in after.captures] == [
        ("gateways-1", WHOLE, capture_becomes)
    ]
    assert settled(after, automatic_capture(verdict)).payment == after


def test_second_automatic_capture_counts_only_after_a_failed_one() -> None:
    second = automatic_capture(Verdict.SUCCEEDED, number=2)
    failed = settled(AUTOMATIC, automatic_capture(Verdict.FAILED)).payment
    assert settled(failed, second).payment.status is S.CAPTURED
    for verdict in (Verdict.SUCCEEDED, Verdict.IN_PROCESS):
        first = settled(AUTOMATIC, automatic_capture(verdict)).payment
        after = settled(first, second).payment
        assert (after.status, after.captures) == (first.status, first.captures)
        assert after.review is not None
        assert after.review.reason == "a second capture of an AUTOMATIC payment: gateways-2"


@pytest.mark.parametrize("status", [S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING])
@pytest.mark.parametrize("source", Source)
def test_automatic_capture_before_authorization_counts_after_it(status: S, source: Source) -> None:
    before = payment_at(status, CaptureMode.AUTOMATIC)
    early, ask = settled(before, automatic_capture(Verdict.SUCCEEDED, source))
    assert (early.status, early.captures, early.review) == (status, (), None)
    assert ask is (source is not Source.INQUIRY)
    assert early.events[-1].detail == "a capture result before the authorization's: gateways-1"
    after = settled(
        early, payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY), automatic_capture(Verdict.SUCCEEDED)
    ).payment
    assert after.status is S.CAPTURED


def test_early_capture_of_another_amount_is_a_mismatch() -> None:
    before = payment_at(S.PENDING, CaptureMode.AUTOMATIC)
    after, ask = settled(before, capture_evidence(Verdict.SUCCEEDED, value="1"))
    assert ask
    assert after.review is not None
    assert after.review.reason == "evidence carries another amount: ORDER_1-c1"


def test_automatic_capture_without_id_is_not_counted() -> None:
    after = settled(AUTOMATIC, capture_evidence(Verdict.SUCCEEDED, captureRequestId=None)).payment
    assert (after.status, after.captures) == (S.AUTHORIZED, ())
    assert after.events[-1].detail == "a capture without a captureRequestId"


def test_id_and_code_of_capture_are_kept() -> None:
    after = settled(payment_at(S.CAPTURING), capture_evidence(Verdict.SUCCEEDED)).payment
    assert (after.captures[0].captureId, after.captures[0].resultCode) == ("captured-1", "SUCCESS")


def test_capture_evidence_is_matched_by_its_request_id() -> None:
    partly = with_captures(S.PARTIALLY_CAPTURED, capture(SUCCESS, PART, last=False))
    again = apply_event(partly, Event.CAPTURE_REQUESTED, NOW, Source.MERCHANT)
    both = again.model_copy(update={"captures": (*again.captures, capture(PROCESSING, REST, 2))})
    assert settled(both, capture_evidence(Verdict.SUCCEEDED, amount=PART)).payment == both
    second = capture_evidence(Verdict.SUCCEEDED, amount=REST, captureRequestId=capture_id(2))
    assert settled(both, second).payment.status is S.CAPTURED


@pytest.mark.parametrize("code", ["AN_UNDOCUMENTED_CODE", "SYSTEM_ERROR", "PROCESS_FAIL", None])
def test_notified_failure_of_a_capture_without_an_explanation_is_inquired_about_first(
    code: str | None,
) -> None:
    notified = capture_evidence(Verdict.FAILED, Source.NOTIFICATION, resultCode=code)
    after = settled(payment_at(S.CAPTURING), notified)
    assert (after.payment.status, after.payment.review, after.must_inquire) == (S.CAPTURING, None, True)
    assert after.payment.captures[0].status is CaptureStatus.PROCESSING
