"""A payment that was to be captured is captured, or its ledger and events show an expected failure."""

from dataclasses import replace
from datetime import timedelta

import pytest

from holdfast import Payment
from holdfast import PaymentStatus as S
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.order import AuthorizationExpiry
from holdfast.payment import CaptureStatus, Review
from holdfast.payment_event import Event
from settlement.evidence import CARD_NOT_FOUND, PAY_CALL_NOT_SENT
from tests.unit.tools.chaos.run_records import (
    NOW,
    PLAN,
    REFERENCE,
    REQUEST,
    VALUE,
    attempt,
    audit_event,
    capture,
    capture_entry,
    decided,
    good,
    ledger,
    payment,
    planned,
    run_record,
    success_notification,
    with_events,
)
from tools.chaos.checks.money_checks import find_violations
from tools.chaos.checks.run_record import Rule, RunRecord
from tools.chaos.faults.gateway_faults import GatewayFault
from tools.chaos.faults.resets import PlannedReset, Reset
from tools.chaos.merchant import Call
from tools.chaos.plan import Ending
from tools.local_stack.ledger import Ledger, SentNotification

HELD = ledger(attempt(held=VALUE))
VOIDED = ledger(attempt("CANCELLED"))
REVIEW = Review(reason="amounts differ", since=NOW)
EARLIER_EXPIRY = (GatewayFault("notification", "earlier_expiry", seconds=604_770),)
CODE_F = (GatewayFault("capture", "code_f", code="PROCESS_FAIL"),)
NO_CAPTURE = (GatewayFault("automaticCapture", "none"),)
REFUSED_CAPTURE = (GatewayFault("automaticCapture", "code_f"),)
LONG, SHORT = timedelta(seconds=31), timedelta(seconds=5)
TIME_LIMIT = timedelta(seconds=PLAN.complete_within)


def rules(found: RunRecord) -> list[Rule]:
    return [violation.rule for violation in find_violations(found)]


def closed(after: timedelta, status: S = S.EXPIRED) -> Payment:
    """Returns a payment that was closed at its time limit, so long after its start."""
    return with_events(payment(status), audit_event(after, Event.DEADLINE_PASSED))


@pytest.mark.parametrize(
    ("on_expiry", "event", "expected"),
    [
        (AuthorizationExpiry.VOID, Event.AUTHORIZATION_EXPIRING, []),
        (AuthorizationExpiry.VOID, Event.CANCEL_REQUESTED, [Rule.UNCAPTURED]),
        (AuthorizationExpiry.CAPTURE, Event.AUTHORIZATION_EXPIRING, [Rule.UNCAPTURED]),
    ],
)
def test_release_before_a_reported_expiry_is_expected_where_the_order_asks_for_it(
    on_expiry: AuthorizationExpiry, event: Event, expected: list[Rule]
) -> None:
    released = with_events(payment(S.EXPIRED), audit_event(SHORT, event))
    found = planned(run_record(released, VOIDED), faults=EARLIER_EXPIRY, on_expiry=on_expiry)
    assert rules(found) == expected
    without_report = planned(run_record(released, VOIDED), on_expiry=on_expiry)
    assert rules(without_report) == [Rule.UNCAPTURED]


@pytest.mark.parametrize(
    ("subject", "books"),
    [
        (payment(S.AUTHORIZED), HELD),
        (payment(S.AUTHORIZED, review=REVIEW), HELD),
        (payment(S.CANCELLED), VOIDED),
        (payment(S.EXPIRED), VOIDED),
        (payment(S.FAILED), ledger()),
        (closed(TIME_LIMIT / 2), VOIDED),
        (decided(payment(S.FAILED), ORDER_NOT_EXIST, SHORT), ledger()),
        (decided(payment(S.FAILED), ORDER_NOT_EXIST, LONG), VOIDED),
        (decided(payment(S.FAILED), CARD_NOT_FOUND, SHORT), ledger()),
        (decided(payment(S.FAILED), "DO_NOT_HONOR", LONG), ledger()),
        (decided(payment(S.EXPIRED), PAY_CALL_NOT_SENT, TIME_LIMIT / 2), ledger()),
        (decided(payment(S.EXPIRED), PAY_CALL_NOT_SENT, TIME_LIMIT), VOIDED),
    ],
)
def test_missing_capture_without_expected_failure_is_a_violation(subject: Payment, books: Ledger) -> None:
    assert rules(run_record(subject, books)) == [Rule.UNCAPTURED]


@pytest.mark.parametrize(
    ("subject", "books"),
    [
        (payment(S.FAILED), ledger(attempt("FAIL", authorized=0))),
        (closed(TIME_LIMIT), VOIDED),
        (closed(TIME_LIMIT), ledger()),
        (decided(payment(S.FAILED), ORDER_NOT_EXIST, LONG), ledger()),
        (decided(payment(S.FAILED), CARD_NOT_FOUND, LONG), ledger()),
        (decided(payment(S.EXPIRED), PAY_CALL_NOT_SENT, TIME_LIMIT), ledger()),
        (
            with_events(
                decided(payment(S.FAILED), ORDER_NOT_EXIST, LONG),
                audit_event(LONG, detail=f"attempt {REQUEST} succeeded"),
            ),
            VOIDED,
        ),
    ],
)
def test_failure_shown_by_ledger_or_clock_is_expected(subject: Payment, books: Ledger) -> None:
    assert rules(run_record(subject, books)) == []


WORKFLOW_RESET = (PlannedReset(Reset.LAST_TASK, 1.0),)
ACTIVITY_RESET = (PlannedReset(Reset.ACTIVITY, 1.0),)
CANCELLED_BY_US = ledger(attempt("CANCELLED").model_copy(update={"cancelCalls": 1}))


@pytest.mark.parametrize(
    ("resets", "after", "books", "expected"),
    [
        (WORKFLOW_RESET, TIME_LIMIT, CANCELLED_BY_US, []),
        (WORKFLOW_RESET, TIME_LIMIT / 2, CANCELLED_BY_US, [Rule.UNCAPTURED]),
        (WORKFLOW_RESET, TIME_LIMIT, VOIDED, [Rule.UNCAPTURED]),
        (ACTIVITY_RESET, TIME_LIMIT, CANCELLED_BY_US, [Rule.UNCAPTURED]),
        ((), TIME_LIMIT, CANCELLED_BY_US, [Rule.UNCAPTURED]),
    ],
)
def test_cancellation_that_a_reset_has_removed_is_expected_after_the_time_limit(
    resets: tuple[PlannedReset, ...], after: timedelta, books: Ledger, expected: list[Rule]
) -> None:
    subject = decided(payment(S.CANCELLED), "ORDER_IS_CANCELED", after)
    assert rules(planned(run_record(subject, books), resets=resets)) == expected


def refused_without_authorization(code: str, status: S) -> Payment:
    """Returns a payment whose capture was refused because the authorization has ended."""
    refused = capture(CaptureStatus.FAIL).model_copy(update={"resultCode": code})
    return payment(status, captures=(refused,))


@pytest.mark.parametrize(
    ("subject", "books", "on", "code"),
    [
        (decided(payment(S.FAILED), "PARAM_ILLEGAL", SHORT), ledger(), "pay", "PARAM_ILLEGAL"),
        (refused_without_authorization("AUTH_EXPIRED", S.EXPIRED), VOIDED, "capture", "AUTH_EXPIRED"),
        (refused_without_authorization("AUTH_CANCELLED", S.CANCELLED), VOIDED, "any", "AUTH_CANCELLED"),
        (decided(payment(S.FAILED), ORDER_NOT_EXIST, LONG), VOIDED, "inquiryPayment", ORDER_NOT_EXIST),
    ],
)
def test_injected_refusal_is_expected_and_another_one_is_not(
    subject: Payment, books: Ledger, on: str, code: str
) -> None:
    found = run_record(subject, books)
    assert rules(planned(found, faults=(GatewayFault(on, "code_f", code=code),))) == []
    for other in (
        GatewayFault(on, "code_f", code="SYSTEM_ERROR"),
        GatewayFault("cancel", "code_f", code=code),
    ):
        assert rules(planned(found, faults=(other,))) == [Rule.UNCAPTURED]


def test_refused_capture_does_not_explain_an_ended_authorization() -> None:
    found = planned(
        run_record(refused_without_authorization("PROCESS_FAIL", S.EXPIRED), VOIDED), faults=CODE_F
    )
    assert rules(found) == [Rule.UNCAPTURED]


@pytest.mark.parametrize(
    ("notification", "expected"),
    [
        (success_notification(TIME_LIMIT / 2), [Rule.UNCAPTURED]),
        (success_notification(TIME_LIMIT / 2, fault="wrong_amount"), []),
        (success_notification(TIME_LIMIT / 2, body={"result": {"resultStatus": "F"}}), []),
        (success_notification(TIME_LIMIT / 2, notifyType="PAYMENT_PENDING"), []),
        (success_notification(TIME_LIMIT / 2, paymentRequestId=f"{REFERENCE}-2"), []),
        (success_notification(TIME_LIMIT * 2), []),
    ],
)
def test_time_limit_explains_nothing_after_a_notification_of_success(
    notification: SentNotification, expected: list[Rule]
) -> None:
    assert rules(replace(run_record(closed(TIME_LIMIT), VOIDED), notifications=[notification])) == expected


def failed_capture(status: S) -> Payment:
    return payment(status, captures=(capture(CaptureStatus.FAIL),))


@pytest.mark.parametrize(
    ("subject", "changes", "expected"),
    [
        (failed_capture(S.AUTHORIZED), {"faults": CODE_F}, []),
        (failed_capture(S.AUTHORIZED), {}, [Rule.UNCAPTURED]),
        (payment(S.AUTHORIZED), {"faults": CODE_F}, [Rule.UNCAPTURED]),
        (payment(S.AUTHORIZED), {"is_manual": False, "faults": NO_CAPTURE}, []),
        (payment(S.AUTHORIZED), {"is_manual": False, "ending": Ending.LEAVE}, [Rule.UNCAPTURED]),
        (failed_capture(S.AUTHORIZED), {"is_manual": False, "faults": REFUSED_CAPTURE}, []),
        (payment(S.AUTHORIZED), {"is_manual": False, "faults": REFUSED_CAPTURE}, [Rule.UNCAPTURED]),
        (payment(S.AUTHORIZED), {"ending": Ending.CANCEL}, []),
        (payment(S.AUTHORIZED), {"ending": Ending.LEAVE}, []),
    ],
)
def test_authorization_stays_when_the_capture_is_refused_or_not_requested(
    subject: Payment, changes: dict[str, object], expected: list[Rule]
) -> None:
    assert rules(planned(run_record(subject, HELD), **changes)) == expected


def test_missing_part_is_a_violation() -> None:
    first = VALUE // 3
    books = ledger(attempt(captured=first), captures=(capture_entry(first),))
    found = planned(run_record(payment(S.CAPTURED, captured=first), books), parts=(first, VALUE - first))
    assert rules(found) == [Rule.UNCAPTURED]


@pytest.mark.parametrize("status", [S.AUTHORIZED, S.PARTIALLY_CAPTURED, S.CANCELLED, S.EXPIRED, S.FAILED])
def test_capture_without_a_result_is_lost_in_a_resting_status(status: S) -> None:
    found = run_record(payment(status, captures=(capture(CaptureStatus.PROCESSING),)), HELD)
    assert Rule.CAPTURE_LOST in rules(found)


@pytest.mark.parametrize("status", [S.CAPTURING, S.NEEDS_REVIEW])
def test_capture_without_a_result_is_in_progress_or_under_review(status: S) -> None:
    subject = payment(status, captures=(capture(CaptureStatus.PROCESSING),), review=REVIEW)
    assert rules(run_record(subject, HELD)) == []


@pytest.mark.parametrize(("error", "expected"), [("", [Rule.CAPTURE_LOST]), ("NotAuthorized: no", [])])
def test_accepted_capture_missing_in_the_payment_is_lost(error: str, expected: list[Rule]) -> None:
    found = planned(run_record(payment(S.AUTHORIZED), HELD), ending=Ending.LEAVE)
    assert rules(replace(found, calls=[Call(REFERENCE, "capture", 1.0, error=error)])) == expected


def test_accepted_capture_in_the_payment_is_not_lost() -> None:
    assert rules(replace(good(), calls=[Call(REFERENCE, "capture", 1.0)])) == []
