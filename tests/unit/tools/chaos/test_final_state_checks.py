"""An ended payment agrees with the ledger in status, amount and captures, and holds no money."""

from dataclasses import replace
from datetime import timedelta

import pytest

from holdfast import Payment
from holdfast import PaymentStatus as S
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.statuses.attempt_status import AttemptStatus
from tests.unit.tools.chaos.run_records import (
    CAPTURE,
    REFERENCE,
    REQUEST,
    VALUE,
    attempt,
    audit_event,
    capture_entry,
    decided,
    good,
    ledger,
    not_captured_on_purpose,
    payment,
    run_record,
    still_running,
    with_events,
)
from tools.chaos.checks.money_checks import find_violations
from tools.chaos.checks.run_record import Rule, RunRecord
from tools.local_stack.ledger import Entry, Ledger

VOIDED = ledger(attempt("CANCELLED"))
TAKEN = ledger(attempt(captured=VALUE), captures=(capture_entry(),))
HALF_OPEN = ledger(attempt("PROCESSING", authorized=0), most_live=0)
LATE = timedelta(seconds=31)


def disagreements(found: RunRecord) -> list[str]:
    return [violation.detail for violation in find_violations(found) if violation.rule is Rule.DISAGREES]


@pytest.mark.parametrize(
    ("status", "books"),
    [
        (S.CAPTURED, VOIDED),
        (S.CAPTURED, ledger()),
        (S.FAILED, VOIDED),
        (S.FAILED, ledger(attempt(held=VALUE))),
        (S.CANCELLED, ledger(attempt(held=VALUE))),
        (S.EXPIRED, ledger(attempt(held=VALUE))),
        (S.EXPIRED, HALF_OPEN),
        (S.FAILED, TAKEN),
        (S.CANCELLED, TAKEN),
    ],
)
def test_final_status_that_contradicts_the_ledger_disagrees(status: S, books: Ledger) -> None:
    assert disagreements(not_captured_on_purpose(run_record(payment(status), books)))


@pytest.mark.parametrize(
    ("status", "books"),
    [
        (S.FAILED, ledger(attempt("FAIL"))),
        (S.FAILED, ledger()),
        (S.CANCELLED, ledger(attempt("FAIL"))),
        (S.CANCELLED, VOIDED),
        (S.EXPIRED, ledger()),
    ],
)
def test_final_status_that_matches_the_ledger_agrees(status: S, books: Ledger) -> None:
    assert find_violations(not_captured_on_purpose(run_record(payment(status), books))) == []


def test_request_that_arrived_late_and_was_voided_agrees_with_failed() -> None:
    absent = decided(payment(S.FAILED), ORDER_NOT_EXIST, LATE)
    assert disagreements(run_record(absent, VOIDED)) == []


def test_different_amount_is_named() -> None:
    books = ledger(attempt(captured=VALUE), captures=(capture_entry(),))
    [detail] = disagreements(not_captured_on_purpose(run_record(payment(S.CAPTURED, captured=1), books)))
    assert f"1 captured, the ledger has {VALUE}" in detail


@pytest.mark.parametrize(
    ("entries", "detail_part"),
    [
        ((), f"{CAPTURE} over {VALUE} in Holdfast alone"),
        ((capture_entry(request_id="other"),), f"other over {VALUE} in the ledger alone"),
        (
            (
                capture_entry(),
                Entry(
                    kind="CAPTURE_TAKEN_BACK",
                    referenceOrderId=REFERENCE,
                    amount=VALUE,
                    captureRequestId=CAPTURE,
                ),
            ),
            f"{CAPTURE} over {VALUE} in Holdfast alone",
        ),
    ],
)
def test_capture_in_one_record_alone_is_named(entries: tuple[Entry, ...], detail_part: str) -> None:
    books = ledger(attempt(captured=VALUE), captures=entries)
    [detail] = disagreements(replace(good(), ledger=books))
    assert detail_part in detail


@pytest.mark.parametrize("status", [S.FAILED, S.CANCELLED, S.EXPIRED, S.DECLINED, S.CAPTURED])
def test_money_held_for_an_ended_payment_is_a_violation(status: S) -> None:
    found = not_captured_on_purpose(run_record(payment(status), ledger(attempt(held=VALUE))))
    assert Rule.HOLD_LEFT in {violation.rule for violation in find_violations(found)}


def test_open_attempt_of_an_ended_payment_is_a_violation() -> None:
    found = not_captured_on_purpose(run_record(payment(S.EXPIRED), HALF_OPEN))
    assert Rule.PAYABLE in {violation.rule for violation in find_violations(found)}


def reported_hold(status: S) -> Payment:
    """Returns a payment that reports the authorization of its closed attempt."""
    subject = payment(status)
    held = subject.with_attempt(
        subject.attempt.model_copy(update={"status": AttemptStatus.AUTHORIZED_AFTER_CLOSE})
    )
    return with_events(held, audit_event(LATE, detail=f"attempt {REQUEST} succeeded after it was closed"))


def test_reported_hold_is_no_violation_while_the_workflow_releases_it() -> None:
    found = run_record(reported_hold(S.DECLINED), ledger(attempt(held=VALUE)))
    assert find_violations(found) == []
    rules = {
        violation.rule
        for violation in find_violations(
            still_running(
                not_captured_on_purpose(run_record(reported_hold(S.EXPIRED), ledger(attempt(held=VALUE))))
            )
        )
    }
    assert rules == {Rule.DISAGREES}


def test_reported_hold_without_a_running_workflow_is_left_behind() -> None:
    stopped = run_record(reported_hold(S.EXPIRED), ledger(attempt(held=VALUE)), is_running=False)
    assert Rule.HOLD_LEFT in {violation.rule for violation in find_violations(stopped)}
    unnamed = reported_hold(S.DECLINED).model_copy(update={"events": payment(S.DECLINED).events})
    assert Rule.HOLD_LEFT in {
        v.rule for v in find_violations(run_record(unnamed, ledger(attempt(held=VALUE))))
    }


def test_workflow_of_a_captured_payment_must_end() -> None:
    held = reported_hold(S.CAPTURED).model_copy(update={"captures": (), "capturedAmount": None})
    found = still_running(run_record(held, ledger(attempt(held=VALUE))))
    assert Rule.STILL_RUNNING in {violation.rule for violation in find_violations(found)}
