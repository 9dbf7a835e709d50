"""Every rule is broken once and found, and a correct record has no violation."""

from dataclasses import replace
from datetime import timedelta

import pytest

from holdfast import PaymentStatus as S
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.payment import Review
from settlement.evidence import CARD_NOT_FOUND
from tests.unit.tools.chaos.run_records import (
    NOW,
    REFERENCE,
    REQUEST,
    VALUE,
    attempt,
    capture_entry,
    decided,
    good,
    ledger,
    not_captured_on_purpose,
    payment,
    planned,
    run_record,
    still_running,
)
from tools.chaos.checks.money_checks import find_violations
from tools.chaos.checks.run_record import Rule, RunRecord
from tools.chaos.faults.attacks import AttackResult
from tools.chaos.faults.gateway_faults import UNDOCUMENTED_CODE
from tools.chaos.faults.resets import PlannedReset, Reset
from tools.chaos.merchant import Call
from tools.chaos.plan import Attack
from tools.local_stack.ledger import Delivery, Ledger, SentNotification

CAPTURED = payment(S.CAPTURED, captured=VALUE)
REVIEW = Review(reason="amounts differ", since=NOW)
HELD = ledger(attempt(held=VALUE))
VOIDED = ledger(attempt("CANCELLED"))
REFUSED = ledger(attempt("FAIL", authorized=0), most_live=0)
TAKEN_ROW = attempt(captured=VALUE)
OPEN_AT_GATEWAY = ledger(attempt("PROCESSING", authorized=0), most_live=0)


def rules(found: RunRecord) -> list[Rule]:
    return [violation.rule for violation in find_violations(found)]


@pytest.mark.parametrize(
    "found",
    [
        good(),
        not_captured_on_purpose(run_record(payment(S.CANCELLED), VOIDED)),
        run_record(payment(S.FAILED), REFUSED),
        not_captured_on_purpose(run_record(payment(S.AUTHORIZED), HELD)),
        run_record(payment(S.ACTION_REQUIRED), OPEN_AT_GATEWAY),
        run_record(payment(S.PENDING), OPEN_AT_GATEWAY),
        run_record(payment(S.DECLINED), REFUSED),
        run_record(payment(S.NEEDS_REVIEW, review=REVIEW), HELD),
        run_record(payment(S.AUTHORIZING, review=REVIEW), HELD, later=timedelta(seconds=60)),
        run_record(payment(S.CAPTURING, review=REVIEW), HELD, later=timedelta(hours=23)),
        run_record(payment(S.CANCELLING, review=REVIEW), HELD),
        run_record(
            payment(S.PARTIALLY_CAPTURED, captured=VALUE),
            ledger(attempt(held=1, captured=VALUE), captures=(capture_entry(),)),
        ),
    ],
)
def test_correct_record_has_no_violation(found: RunRecord) -> None:
    assert find_violations(found) == []


@pytest.mark.parametrize(
    ("found", "rule"),
    [
        (replace(good(), ledger=ledger(TAKEN_ROW, most_live=2, captures=(capture_entry(),))), Rule.TWO_LIVE),
        (
            not_captured_on_purpose(run_record(payment(S.EXPIRED), VOIDED, is_running=True)),
            Rule.STILL_RUNNING,
        ),
        (
            not_captured_on_purpose(run_record(payment(S.CANCELLED, review=REVIEW), VOIDED, is_running=True)),
            Rule.STILL_RUNNING,
        ),
        (still_running(good()), Rule.STILL_RUNNING),
        (run_record(payment(S.DECLINED), HELD), Rule.HOLD_LEFT),
        (run_record(payment(S.DECLINED), OPEN_AT_GATEWAY), Rule.PAYABLE),
        (not_captured_on_purpose(run_record(payment(S.AUTHORIZED), HELD, is_running=False)), Rule.STOPPED),
        (run_record(None, ledger(), is_running=False), Rule.LOST),
        (run_record(payment(S.AUTHORIZING), HELD), Rule.NO_REASON),
        (run_record(payment(S.CAPTURING), HELD), Rule.NO_REASON),
        (run_record(payment(S.CANCELLING), HELD), Rule.NO_REASON),
        (run_record(payment(S.NEEDS_REVIEW), HELD), Rule.NO_REASON),
        (not_captured_on_purpose(run_record(payment(S.AUTHORIZED), VOIDED)), Rule.NO_REASON),
        (
            not_captured_on_purpose(run_record(payment(S.AUTHORIZED), ledger(attempt(captured=VALUE)))),
            Rule.NO_REASON,
        ),
        (run_record(payment(S.ACTION_REQUIRED), HELD), Rule.NO_REASON),
        (run_record(payment(S.PENDING), VOIDED), Rule.NO_REASON),
        (not_captured_on_purpose(run_record(payment(S.AUTHORIZED, events=()), HELD)), Rule.NO_REASON),
        (run_record(payment(S.DECLINED), REFUSED, later=timedelta(seconds=16)), Rule.NO_REASON),
    ],
)
def test_single_violation_is_found_alone(found: RunRecord, rule: Rule) -> None:
    assert rules(found) == [rule]


@pytest.mark.parametrize(
    ("status", "books", "later"),
    [
        (S.DECLINED, REFUSED, timedelta(seconds=16)),
        (S.AUTHORIZING, HELD, timedelta(minutes=10)),
        (S.CAPTURING, HELD, timedelta(hours=25)),
        (S.CANCELLING, HELD, timedelta(minutes=30)),
        (S.PENDING, VOIDED, timedelta()),
        (S.ACTION_REQUIRED, HELD, timedelta()),
    ],
)
def test_review_does_not_justify_a_status_after_its_time_limit(
    status: S, books: Ledger, later: timedelta
) -> None:
    assert rules(run_record(payment(status, review=REVIEW), books, later=later)) == [Rule.NO_REASON]


def test_capture_above_the_authorized_amount_is_overcaptured() -> None:
    books = ledger(attempt(captured=VALUE, authorized=VALUE - 1), captures=(capture_entry(),))
    assert rules(replace(good(), ledger=books)) == [Rule.OVERCAPTURED]


def test_order_captured_under_two_ids_is_captured_twice() -> None:
    both = (capture_entry(), capture_entry(request_id="other-c1"))
    books = ledger(attempt(captured=VALUE), captures=both)
    assert rules(replace(good(), ledger=books)) == [Rule.OVERCAPTURED, Rule.CAPTURED_TWICE, Rule.DISAGREES]


def test_part_captured_twice_is_found_although_the_sum_is_right() -> None:
    parts = (10_000, 20_000)
    books = ledger(
        attempt(captured=20_000), captures=(capture_entry(10_000, "a"), capture_entry(10_000, "b"))
    )
    found = planned(run_record(payment(S.CAPTURED, captured=20_000), books), parts=parts)
    assert rules(found) == [Rule.CAPTURED_TWICE, Rule.DISAGREES, Rule.UNCAPTURED]


def test_capture_request_id_used_twice_is_captured_twice() -> None:
    books = ledger(attempt(captured=VALUE), captures=(capture_entry(10_000), capture_entry(20_000)))
    found = planned(replace(good(), ledger=books), parts=(10_000, 20_000))
    assert rules(found) == [Rule.CAPTURED_TWICE, Rule.DISAGREES]


def test_order_at_the_gateway_without_a_payment_is_lost() -> None:
    found = run_record(None, HELD, is_running=False)
    unacknowledged = replace(found, payments=[replace(found.payments[0], is_acknowledged=False)])
    assert rules(unacknowledged) == [Rule.LOST]


def test_payment_that_was_not_started_is_reported_with_its_errors() -> None:
    found = run_record(None, ledger(), is_running=False)
    calls = [Call(REFERENCE, "authorize", 45.0, error="PaymentUnavailable: no response")] * 2
    never = replace(found, payments=[replace(found.payments[0], is_acknowledged=False)], calls=calls)
    [violation] = find_violations(never)
    assert violation.rule is Rule.NOT_STARTED
    assert "2 calls, most of them [('PaymentUnavailable: no response', 2)]" in violation.detail


@pytest.mark.parametrize(
    ("stored", "resets", "expected"),
    [
        (2, (), []),
        (3, (), [Rule.REPLAY_STORED]),
        (3, (PlannedReset(Reset.LAST_TASK, 1.0),), []),
    ],
)
def test_notification_sent_again_is_stored_once(
    stored: int, resets: tuple[PlannedReset, ...], expected: list[Rule]
) -> None:
    result = AttackResult(REFERENCE, Attack.REPLAYED_OFTEN, 200, "", stored=stored, different=2)
    assert rules(planned(replace(good(), attacks=[result]), resets=resets)) == expected


@pytest.mark.parametrize(
    ("code", "review", "expected"),
    [
        ("DO_NOT_HONOR", None, []),
        (ORDER_NOT_EXIST, None, []),
        (CARD_NOT_FOUND, None, []),
        (UNDOCUMENTED_CODE, REVIEW, []),
        (UNDOCUMENTED_CODE, None, [Rule.NOT_REVIEWED]),
        ("SYSTEM_ERROR", None, [Rule.NOT_REVIEWED]),
        ("RISK_REJECT", REVIEW, []),
        ("RISK_REJECT", None, [Rule.NOT_REVIEWED]),
    ],
)
def test_failure_that_a_person_must_look_at_is_reviewed(
    code: str, review: Review | None, expected: list[Rule]
) -> None:
    failed = decided(payment(S.FAILED, review=review), code, timedelta())
    assert rules(run_record(failed, REFUSED)) == expected


@pytest.mark.parametrize(
    ("expires", "review", "expected"),
    [
        (timedelta(seconds=30), None, []),
        (timedelta(seconds=10), REVIEW, []),
        (timedelta(seconds=10), None, [Rule.EXPIRY_MISSED]),
    ],
)
def test_known_expiry_is_acted_upon_or_reviewed(
    expires: timedelta, review: Review | None, expected: list[Rule]
) -> None:
    held = payment(S.AUTHORIZED, authExpiryTime=NOW + expires, review=review)
    found = run_record(held, HELD, later=timedelta(seconds=20))
    assert rules(not_captured_on_purpose(found)) == expected


@pytest.mark.parametrize("status", [S.AUTHORIZED, S.CAPTURING])
def test_unsettled_payment_is_reported_with_its_last_event(status: S) -> None:
    found = not_captured_on_purpose(run_record(payment(status, review=REVIEW), HELD))
    [violation] = find_violations(replace(found, unsettled=[REFERENCE]))
    assert violation.rule is Rule.UNSETTLED
    assert violation.detail.startswith(f"{status}, its workflow runs, the last event: ")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (Call(REFERENCE, "get", 1.0), []),
        (Call(REFERENCE, "capture", 1.0, error="NotAuthorized: no"), []),
        (
            Call(REFERENCE, "get", 99.0, error="TimeoutError: ", is_documented=False, is_in_time=False),
            [Rule.CALL_HUNG],
        ),
        (Call(REFERENCE, "get", 1.0, error="RPCError: internal", is_documented=False), [Rule.CALL_FAILED]),
    ],
)
def test_calls_get_a_response_or_a_documented_error(call: Call, expected: list[Rule]) -> None:
    assert rules(replace(good(), calls=[call])) == expected


@pytest.mark.parametrize(
    ("attack", "status", "is_recorded", "expected"),
    [
        (Attack.FORGED, 401, False, []),
        (Attack.FORGED, 0, False, []),
        (Attack.FORGED, 200, False, [Rule.FORGERY_ACCEPTED]),
        (Attack.REPLAYED_TO_OTHER, 401, False, []),
        (Attack.REPLAYED_TO_OTHER, 200, False, [Rule.FORGERY_ACCEPTED]),
        (Attack.REPLAYED, 200, False, []),
        (Attack.REPLAYED, 401, False, [Rule.GENUINE_REFUSED]),
        (Attack.REPLAYED_OFTEN, 200, False, []),
        (Attack.REPLAYED_OFTEN, 500, False, [Rule.GENUINE_REFUSED]),
        (Attack.REPLAYED_FIRST, 200, False, []),
        (Attack.REPLAYED_FIRST, 401, False, [Rule.GENUINE_REFUSED]),
        (Attack.SIGNED_OTHER, 200, True, []),
        (Attack.SIGNED_OTHER, 200, False, [Rule.FALSE_UNRECORDED]),
        (Attack.SIGNED_AMOUNT, 200, False, [Rule.FALSE_UNRECORDED]),
    ],
)
def test_attacks_are_refused_or_recorded(
    attack: Attack, status: int, is_recorded: bool, expected: list[Rule]
) -> None:
    result = AttackResult(REFERENCE, attack, status, late_id="late", is_recorded=is_recorded)
    assert rules(replace(good(), attacks=[result])) == expected


def test_review_records_a_false_notification() -> None:
    reviewed = CAPTURED.model_copy(update={"review": REVIEW})
    found = replace(
        run_record(reviewed, good().ledger),
        attacks=[AttackResult(REFERENCE, Attack.SIGNED_OTHER, 200, "late")],
    )
    assert find_violations(found) == []


@pytest.mark.parametrize(
    ("reset", "expected"), [(Reset.LAST_TASK, []), (Reset.ACTIVITY, [Rule.FALSE_UNRECORDED])]
)
def test_workflow_reset_may_remove_the_record_of_a_false_notification(
    reset: Reset, expected: list[Rule]
) -> None:
    result = AttackResult(REFERENCE, Attack.SIGNED_AMOUNT, 200, late_id="late")
    found = replace(good(), attacks=[result])
    assert rules(planned(found, resets=(PlannedReset(reset, 1.0),))) == expected


@pytest.mark.parametrize(
    ("answer", "expected"), [(401, []), ("ReadError", []), (200, [Rule.FORGERY_ACCEPTED])]
)
def test_forgeries_of_the_simulator_are_refused(answer: int | str, expected: list[Rule]) -> None:
    deliveries = (Delivery(forged=True, answer=answer), Delivery(forged=False, answer=200))
    notification = SentNotification(paymentRequestId=REQUEST, attempts=deliveries)
    found = replace(good(), notifications=[notification])
    assert rules(found) == expected
    assert all(violation.reference == REFERENCE for violation in find_violations(found))
