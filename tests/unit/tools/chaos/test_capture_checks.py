"""A merchant who wanted the money has it, or the ledger and the payment's own events say why not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from holdfast import Payment
from holdfast import PaymentStatus as S
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.payment import CaptureStatus, Review
from holdfast.payment_event import Event
from settlement.evidence import CARD_GONE
from tests.unit.tools.chaos.material import (
    NOW,
    PLAN,
    REFERENCE,
    REQUEST,
    VALUE,
    asked,
    attempt,
    decided,
    good,
    heard,
    ledger,
    line,
    material,
    payment,
    planned,
    taken,
    told,
)
from tools.chaos.checks.money_checks import judged
from tools.chaos.checks.verdict import Material, Rule
from tools.chaos.faults.gateway_faults import GatewayFault
from tools.chaos.ledger import Ledger, Notice
from tools.chaos.merchant import Call
from tools.chaos.plan import Ending

HELD = ledger(attempt(held=VALUE))
VOIDED = ledger(attempt("CANCELLED"))
REVIEW = Review(reason="amounts differ", since=NOW)
CODE_F = (GatewayFault("capture", "code_f", code="PROCESS_FAIL"),)
NO_CAPTURE = (GatewayFault("automaticCapture", "none"),)
REFUSED_CAPTURE = (GatewayFault("automaticCapture", "code_f"),)
LONG, SHORT = timedelta(seconds=31), timedelta(seconds=5)
TIME_IS_UP = timedelta(seconds=PLAN.complete_within)


def rules(found: Material) -> list[Rule]:
    return [violation.rule for violation in judged(found)]


def closed(after: timedelta, status: S = S.EXPIRED) -> Payment:
    """A payment that was closed because time was up, so long after it began."""
    return told(payment(status), line(after, Event.DEADLINE_PASSED))


@pytest.mark.parametrize(
    ("subject", "books"),
    [
        (payment(S.AUTHORIZED), HELD),
        (payment(S.AUTHORIZED, review=REVIEW), HELD),
        (payment(S.CANCELLED), VOIDED),
        (payment(S.EXPIRED), VOIDED),
        (payment(S.FAILED), ledger()),
        (closed(TIME_IS_UP / 2), VOIDED),
        (decided(payment(S.FAILED), ORDER_NOT_EXIST, SHORT), ledger()),
        (decided(payment(S.FAILED), ORDER_NOT_EXIST, LONG), VOIDED),
        (decided(payment(S.FAILED), CARD_GONE, SHORT), ledger()),
        (decided(payment(S.FAILED), "DO_NOT_HONOR", LONG), ledger()),
    ],
)
def test_what_was_wanted_and_not_captured_needs_an_excuse(subject: Payment, books: Ledger) -> None:
    assert rules(material(subject, books)) == [Rule.UNCAPTURED]


@pytest.mark.parametrize(
    ("subject", "books"),
    [
        (payment(S.FAILED), ledger(attempt("FAIL", authorized=0))),
        (closed(TIME_IS_UP), VOIDED),
        (closed(TIME_IS_UP), ledger()),
        (decided(payment(S.FAILED), ORDER_NOT_EXIST, LONG), ledger()),
        (decided(payment(S.FAILED), CARD_GONE, LONG), ledger()),
        (
            told(
                decided(payment(S.FAILED), ORDER_NOT_EXIST, LONG),
                line(LONG, detail=f"attempt {REQUEST} succeeded"),
            ),
            VOIDED,
        ),
    ],
)
def test_the_ledger_and_the_clock_excuse(subject: Payment, books: Ledger) -> None:
    assert rules(material(subject, books)) == []


def gone(code: str, status: S) -> Payment:
    """A payment whose capture was refused because nothing is held any more."""
    refused = asked(CaptureStatus.FAIL).model_copy(update={"resultCode": code})
    return payment(status, captures=(refused,))


@pytest.mark.parametrize(
    ("subject", "books", "on", "code"),
    [
        (decided(payment(S.FAILED), "PARAM_ILLEGAL", SHORT), ledger(), "pay", "PARAM_ILLEGAL"),
        (gone("AUTH_EXPIRED", S.EXPIRED), VOIDED, "capture", "AUTH_EXPIRED"),
        (gone("AUTH_CANCELLED", S.CANCELLED), VOIDED, "any", "AUTH_CANCELLED"),
        (decided(payment(S.FAILED), ORDER_NOT_EXIST, LONG), VOIDED, "inquiryPayment", ORDER_NOT_EXIST),
    ],
)
def test_what_the_gateway_was_told_to_deny_is_excused_and_nothing_else(
    subject: Payment, books: Ledger, on: str, code: str
) -> None:
    found = material(subject, books)
    assert rules(planned(found, faults=(GatewayFault(on, "code_f", code=code),))) == []
    for other in (
        GatewayFault(on, "code_f", code="SYSTEM_ERROR"),
        GatewayFault("cancel", "code_f", code=code),
    ):
        assert rules(planned(found, faults=(other,))) == [Rule.UNCAPTURED]


def test_a_capture_that_was_refused_does_not_excuse_that_the_hold_is_gone() -> None:
    found = planned(material(gone("PROCESS_FAIL", S.EXPIRED), VOIDED), faults=CODE_F)
    assert rules(found) == [Rule.UNCAPTURED]


@pytest.mark.parametrize(
    ("note", "wanted"),
    [
        (heard(TIME_IS_UP / 2), [Rule.UNCAPTURED]),
        (heard(TIME_IS_UP / 2, fault="wrong_amount"), []),
        (heard(TIME_IS_UP / 2, body={"result": {"resultStatus": "F"}}), []),
        (heard(TIME_IS_UP / 2, notifyType="PAYMENT_PENDING"), []),
        (heard(TIME_IS_UP / 2, paymentRequestId=f"{REFERENCE}-2"), []),
        (heard(TIME_IS_UP * 2), []),
    ],
)
def test_the_deadline_is_no_excuse_where_holdfast_had_heard_of_the_money(
    note: Notice, wanted: list[Rule]
) -> None:
    assert rules(replace(material(closed(TIME_IS_UP), VOIDED), notices=[note])) == wanted


def failed_capture(status: S) -> Payment:
    return payment(status, captures=(asked(CaptureStatus.FAIL),))


@pytest.mark.parametrize(
    ("subject", "changes", "wanted"),
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
def test_money_stays_held_where_the_capture_was_refused_or_not_wanted(
    subject: Payment, changes: dict[str, object], wanted: list[Rule]
) -> None:
    assert rules(planned(material(subject, HELD), **changes)) == wanted


def test_a_part_that_was_never_taken_is_missed() -> None:
    first = VALUE // 3
    books = ledger(attempt(captured=first), captures=(taken(first),))
    found = planned(material(payment(S.CAPTURED, captured=first), books), parts=(first, VALUE - first))
    assert rules(found) == [Rule.UNCAPTURED]


@pytest.mark.parametrize("status", [S.AUTHORIZED, S.PARTIALLY_CAPTURED, S.CANCELLED, S.EXPIRED, S.FAILED])
def test_a_capture_without_a_result_is_not_forgotten(status: S) -> None:
    found = material(payment(status, captures=(asked(CaptureStatus.PROCESSING),)), HELD)
    assert Rule.FORGOTTEN in rules(found)


@pytest.mark.parametrize("status", [S.CAPTURING, S.NEEDS_REVIEW])
def test_a_capture_without_a_result_is_on_its_way_or_under_review(status: S) -> None:
    subject = payment(status, captures=(asked(CaptureStatus.PROCESSING),), review=REVIEW)
    assert rules(material(subject, HELD)) == []


@pytest.mark.parametrize(("error", "wanted"), [("", [Rule.FORGOTTEN]), ("NotAuthorized: no", [])])
def test_an_accepted_capture_is_in_the_payment(error: str, wanted: list[Rule]) -> None:
    found = planned(material(payment(S.AUTHORIZED), HELD), ending=Ending.LEAVE)
    assert rules(replace(found, calls=[Call(REFERENCE, "capture", 1.0, error=error)])) == wanted


def test_an_accepted_capture_that_was_made_is_not_forgotten() -> None:
    assert rules(replace(good(), calls=[Call(REFERENCE, "capture", 1.0)])) == []
