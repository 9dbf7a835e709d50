"""The judge must be able to say no: every rule is broken once, and nothing is invented."""

from dataclasses import replace
from datetime import timedelta

import pytest

from holdfast import PaymentStatus as S
from holdfast.payment import Review
from tests.unit.tools.chaos.material import (
    NOW,
    REFERENCE,
    REQUEST,
    VALUE,
    attempt,
    good,
    ledger,
    material,
    payment,
    planned,
    still_running,
    taken,
    unwanted,
)
from tools.chaos.checks.money_checks import judged
from tools.chaos.checks.verdict import Material, Rule
from tools.chaos.faults.attacks import Blow
from tools.chaos.ledger import Delivery, Ledger, Notice
from tools.chaos.merchant import Call
from tools.chaos.plan import Attack

CAPTURED = payment(S.CAPTURED, captured=VALUE)
REVIEW = Review(reason="amounts differ", since=NOW)
HELD = ledger(attempt(held=VALUE))
VOIDED = ledger(attempt("CANCELLED"))
REFUSED = ledger(attempt("FAIL", authorized=0), most_live=0)
TAKEN_ROW = attempt(captured=VALUE)
OPEN_AT_GATEWAY = ledger(attempt("PROCESSING", authorized=0), most_live=0)


def rules(found: Material) -> list[Rule]:
    return [violation.rule for violation in judged(found)]


@pytest.mark.parametrize(
    "found",
    [
        good(),
        unwanted(material(payment(S.CANCELLED), VOIDED)),
        material(payment(S.FAILED), REFUSED),
        unwanted(material(payment(S.AUTHORIZED), HELD)),
        material(payment(S.ACTION_REQUIRED), OPEN_AT_GATEWAY),
        material(payment(S.PENDING), OPEN_AT_GATEWAY),
        material(payment(S.DECLINED), REFUSED),
        material(payment(S.NEEDS_REVIEW, review=REVIEW), HELD),
        material(payment(S.AUTHORIZING, review=REVIEW), HELD, later=timedelta(seconds=60)),
        material(payment(S.CAPTURING, review=REVIEW), HELD, later=timedelta(hours=23)),
        material(payment(S.CANCELLING, review=REVIEW), HELD),
        material(
            payment(S.PARTIALLY_CAPTURED, captured=VALUE),
            ledger(attempt(held=1, captured=VALUE), captures=(taken(),)),
        ),
    ],
)
def test_nothing_is_invented(found: Material) -> None:
    assert judged(found) == []


@pytest.mark.parametrize(
    ("found", "rule"),
    [
        (replace(good(), ledger=ledger(TAKEN_ROW, most_live=2, captures=(taken(),))), Rule.TWO_LIVE),
        (unwanted(material(payment(S.EXPIRED), VOIDED, is_running=True)), Rule.RUNS_ON),
        (unwanted(material(payment(S.CANCELLED, review=REVIEW), VOIDED, is_running=True)), Rule.RUNS_ON),
        (still_running(good()), Rule.RUNS_ON),
        (material(payment(S.DECLINED), HELD), Rule.HOLD_LEFT),
        (material(payment(S.DECLINED), OPEN_AT_GATEWAY), Rule.PAYABLE),
        (unwanted(material(payment(S.AUTHORIZED), HELD, is_running=False)), Rule.STOPPED),
        (material(None, ledger(), is_running=False), Rule.LOST),
        (material(payment(S.AUTHORIZING), HELD), Rule.NO_REASON),
        (material(payment(S.CAPTURING), HELD), Rule.NO_REASON),
        (material(payment(S.CANCELLING), HELD), Rule.NO_REASON),
        (material(payment(S.NEEDS_REVIEW), HELD), Rule.NO_REASON),
        (unwanted(material(payment(S.AUTHORIZED), VOIDED)), Rule.NO_REASON),
        (unwanted(material(payment(S.AUTHORIZED), ledger(attempt(captured=VALUE)))), Rule.NO_REASON),
        (material(payment(S.ACTION_REQUIRED), HELD), Rule.NO_REASON),
        (material(payment(S.PENDING), VOIDED), Rule.NO_REASON),
        (unwanted(material(payment(S.AUTHORIZED, events=()), HELD)), Rule.NO_REASON),
        (material(payment(S.DECLINED), REFUSED, later=timedelta(seconds=16)), Rule.NO_REASON),
    ],
)
def test_each_planted_violation_is_found_and_nothing_beside_it(found: Material, rule: Rule) -> None:
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
def test_a_review_excuses_nobody_whose_own_time_is_up(status: S, books: Ledger, later: timedelta) -> None:
    assert rules(material(payment(status, review=REVIEW), books, later=later)) == [Rule.NO_REASON]


def test_one_attempt_that_gave_more_than_was_authorized() -> None:
    books = ledger(attempt(captured=VALUE, authorized=VALUE - 1), captures=(taken(),))
    assert rules(replace(good(), ledger=books)) == [Rule.TOO_MUCH]


def test_an_order_that_was_captured_twice_under_two_ids() -> None:
    both = (taken(), taken(request_id="other-c1"))
    books = ledger(attempt(captured=VALUE), captures=both)
    assert rules(replace(good(), ledger=books)) == [Rule.TOO_MUCH, Rule.TWICE, Rule.DISAGREES]


def test_a_part_that_was_taken_twice_although_the_sum_fits() -> None:
    parts = (10_000, 20_000)
    books = ledger(attempt(captured=20_000), captures=(taken(10_000, "a"), taken(10_000, "b")))
    found = planned(material(payment(S.CAPTURED, captured=20_000), books), parts=parts)
    assert rules(found) == [Rule.TWICE, Rule.DISAGREES, Rule.UNCAPTURED]


def test_a_capture_request_id_that_took_money_twice() -> None:
    books = ledger(attempt(captured=VALUE), captures=(taken(10_000), taken(20_000)))
    found = planned(replace(good(), ledger=books), parts=(10_000, 20_000))
    assert rules(found) == [Rule.TWICE, Rule.DISAGREES]


def test_money_at_the_gateway_without_a_payment_is_lost_even_unacknowledged() -> None:
    found = material(None, HELD, is_running=False)
    unacknowledged = replace(found, cases=[replace(found.cases[0], is_acknowledged=False)])
    assert rules(unacknowledged) == [Rule.LOST]


def test_a_payment_that_never_came_to_be_is_named_with_what_its_merchant_was_told() -> None:
    found = material(None, ledger(), is_running=False)
    calls = [Call(REFERENCE, "authorize", 45.0, error="PaymentUnavailable: nobody answers")] * 2
    never = replace(found, cases=[replace(found.cases[0], is_acknowledged=False)], calls=calls)
    [violation] = judged(never)
    assert violation.rule is Rule.NEVER_BEGUN
    assert "2 calls, most of them [('PaymentUnavailable: nobody answers', 2)]" in violation.detail


@pytest.mark.parametrize("status", [S.AUTHORIZED, S.CAPTURING])
def test_a_payment_that_was_not_at_rest_when_time_was_up_says_what_it_is_doing(status: S) -> None:
    found = unwanted(material(payment(status, review=REVIEW), HELD))
    [violation] = judged(replace(found, restless=[REFERENCE]))
    assert violation.rule is Rule.RESTLESS
    assert violation.detail.startswith(f"{status}, its workflow runs, the last event: ")


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (Call(REFERENCE, "get", 1.0), []),
        (Call(REFERENCE, "capture", 1.0, error="NotAuthorized: no"), []),
        (
            Call(REFERENCE, "get", 99.0, error="TimeoutError: ", is_clean=False, is_in_time=False),
            [Rule.WAITED],
        ),
        (Call(REFERENCE, "get", 1.0, error="RPCError: internal", is_clean=False), [Rule.BROKE]),
    ],
)
def test_callers_get_an_answer_they_understand(call: Call, wanted: list[Rule]) -> None:
    assert rules(replace(good(), calls=[call])) == wanted


@pytest.mark.parametrize(
    ("attack", "status", "is_kept", "wanted"),
    [
        (Attack.FORGED, 401, False, []),
        (Attack.FORGED, 0, False, []),
        (Attack.FORGED, 200, False, [Rule.LIE_TAKEN]),
        (Attack.REPLAYED_ELSEWHERE, 401, False, []),
        (Attack.REPLAYED_ELSEWHERE, 200, False, [Rule.LIE_TAKEN]),
        (Attack.REPLAYED, 200, False, []),
        (Attack.REPLAYED, 401, False, [Rule.TRUTH_REFUSED]),
        (Attack.SIGNED_OTHER, 200, True, []),
        (Attack.SIGNED_OTHER, 200, False, [Rule.LIE_UNRECORDED]),
        (Attack.SIGNED_AMOUNT, 200, False, [Rule.LIE_UNRECORDED]),
    ],
)
def test_lies_are_refused_or_recorded(attack: Attack, status: int, is_kept: bool, wanted: list[Rule]) -> None:
    blow = Blow(REFERENCE, attack, status, late_id="late", is_kept=is_kept)
    assert rules(replace(good(), blows=[blow])) == wanted


def test_a_review_is_a_record_of_a_lie() -> None:
    reviewed = CAPTURED.model_copy(update={"review": REVIEW})
    found = replace(
        material(reviewed, good().ledger), blows=[Blow(REFERENCE, Attack.SIGNED_OTHER, 200, "late")]
    )
    assert judged(found) == []


@pytest.mark.parametrize(("answer", "wanted"), [(401, []), ("ReadError", []), (200, [Rule.LIE_TAKEN])])
def test_the_simulators_own_forgeries_are_refused(answer: int | str, wanted: list[Rule]) -> None:
    deliveries = (Delivery(forged=True, answer=answer), Delivery(forged=False, answer=200))
    notice = Notice(paymentRequestId=REQUEST, attempts=deliveries)
    found = replace(good(), notices=[notice])
    assert rules(found) == wanted
    assert all(violation.reference == REFERENCE for violation in judged(found))
