"""What has ended agrees with the ledger in status, amount, holds and captures, and leaves nothing behind."""

from dataclasses import replace
from datetime import timedelta

import pytest

from holdfast import Payment
from holdfast import PaymentStatus as S
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.attempt_status import AttemptStatus
from tests.unit.tools.chaos.material import (
    CAPTURE,
    REFERENCE,
    REQUEST,
    VALUE,
    attempt,
    decided,
    good,
    ledger,
    line,
    material,
    payment,
    still_running,
    taken,
    told,
    unwanted,
)
from tools.chaos.checks.money_checks import judged
from tools.chaos.checks.verdict import Material, Rule
from tools.chaos.ledger import Entry, Ledger

VOIDED = ledger(attempt("CANCELLED"))
TAKEN = ledger(attempt(captured=VALUE), captures=(taken(),))
HALF_OPEN = ledger(attempt("PROCESSING", authorized=0), most_live=0)
LATE = timedelta(seconds=31)


def disagreements(found: Material) -> list[str]:
    return [violation.detail for violation in judged(found) if violation.rule is Rule.DISAGREES]


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
def test_an_end_that_the_ledger_does_not_know_disagrees(status: S, books: Ledger) -> None:
    assert disagreements(unwanted(material(payment(status), books)))


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
def test_an_end_that_the_ledger_knows_agrees(status: S, books: Ledger) -> None:
    assert judged(unwanted(material(payment(status), books))) == []


def test_what_came_late_and_was_let_go_fails_in_the_end() -> None:
    absent = decided(payment(S.FAILED), ORDER_NOT_EXIST, LATE)
    assert disagreements(material(absent, VOIDED)) == []


def test_an_amount_that_differs_is_named() -> None:
    books = ledger(attempt(captured=VALUE), captures=(taken(),))
    [detail] = disagreements(unwanted(material(payment(S.CAPTURED, captured=1), books)))
    assert f"1 captured, the ledger has {VALUE}" in detail


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ((), f"{CAPTURE} over {VALUE} in Holdfast alone"),
        ((taken(request_id="other"),), f"other over {VALUE} in the ledger alone"),
        (
            (
                taken(),
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
def test_each_capture_is_one_of_the_ledger(entries: tuple[Entry, ...], named: str) -> None:
    books = ledger(attempt(captured=VALUE), captures=entries)
    [detail] = disagreements(replace(good(), ledger=books))
    assert named in detail


@pytest.mark.parametrize("status", [S.FAILED, S.CANCELLED, S.EXPIRED, S.DECLINED, S.CAPTURED])
def test_nothing_is_held_for_a_payment_that_is_over(status: S) -> None:
    found = unwanted(material(payment(status), ledger(attempt(held=VALUE))))
    assert Rule.HOLD_LEFT in {violation.rule for violation in judged(found)}


def test_nothing_can_be_paid_any_more_for_a_payment_that_is_over() -> None:
    found = unwanted(material(payment(S.EXPIRED), HALF_OPEN))
    assert Rule.PAYABLE in {violation.rule for violation in judged(found)}


def unwanted_hold(status: S) -> Payment:
    """A payment that knows of its dead attempt's hold, and says so."""
    subject = payment(status)
    held = subject.with_attempt(
        subject.attempt.model_copy(update={"status": AttemptStatus.AUTHORIZED_AFTER_CLOSE})
    )
    return told(held, line(LATE, detail=f"attempt {REQUEST} succeeded after it was declared dead"))


def test_a_hold_that_is_named_and_being_released_is_no_violation_while_somebody_does_it() -> None:
    found = material(unwanted_hold(S.DECLINED), ledger(attempt(held=VALUE)))
    assert judged(found) == []
    rules = {
        violation.rule
        for violation in judged(
            still_running(unwanted(material(unwanted_hold(S.EXPIRED), ledger(attempt(held=VALUE)))))
        )
    }
    assert rules == {Rule.DISAGREES}


def test_a_hold_that_is_named_and_that_nobody_releases_is_left_behind() -> None:
    stopped = material(unwanted_hold(S.EXPIRED), ledger(attempt(held=VALUE)), is_running=False)
    assert Rule.HOLD_LEFT in {violation.rule for violation in judged(stopped)}
    unnamed = unwanted_hold(S.DECLINED).model_copy(update={"events": payment(S.DECLINED).events})
    assert Rule.HOLD_LEFT in {v.rule for v in judged(material(unnamed, ledger(attempt(held=VALUE))))}


def test_a_captured_payment_has_no_reason_to_run_on() -> None:
    held = unwanted_hold(S.CAPTURED).model_copy(update={"captures": (), "capturedAmount": None})
    found = still_running(material(held, ledger(attempt(held=VALUE))))
    assert Rule.RUNS_ON in {violation.rule for violation in judged(found)}
