"""A payment that continues as new knows in its next run what it knew in the last one."""

import json
from datetime import timedelta
from typing import Any

import pytest
from temporalio.converter import DataConverter

from holdfast.order import PaymentOrder, parse_order
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.temporal.connection import data_converter
from settlement.claim import Claim
from settlement.evidence import PaymentEvidence, Verdict
from tests.support.orders import order_fields
from tests.support.settlement.evidence import payment_evidence
from tests.support.workflows.clock import START, Clock
from workflows.card_payment import payment_state as case
from workflows.card_payment.continuation import (
    CaptureProgress,
    Continuation,
    UnreadableContinuation,
    parse_continuation,
)
from workflows.card_payment.payment_state import MAX_CLAIMS, MAX_UPDATES, PaymentState

CLAIM = Claim(verdict=Verdict.SUCCEEDED, value="1", attempt="ORDER_1-1", attemptStatus=AttemptStatus.DECLINED)
LATER = START + timedelta(days=1)
NOT_CARRIED = {"is_leaving", "timer"}
"""The attributes that mean something in one run only."""
CHANGED: dict[str, Any] = {
    "pending_inquiries": {"ORDER_1-1": 3},
    "pending_claims": {"ORDER_1-1": {CLAIM: None}},
    "answered_claims": {CLAIM: None},
    "answered_updates": ("capture-1", "retry-2"),
    "capture_is_slow": True,
    "capture_progress": CaptureProgress(
        captureRequestId="ORDER_1-c1", revision=2, reviewAt=LATER, isKnown=True
    ),
    "sent_captures": {"ORDER_1-c1", "ORDER_1-c2"},
    "notified_captures": {"by-hand"},
    "used_cards": {"card_1", "card_2"},
    "unconfirmed_failure": PaymentEvidence(source=Source.INQUIRY, verdict=Verdict.FAILED),
    "assumed_ends": {"ORDER_1-1": LATER},
    "waiting_for": "the buyer",
    "waiting_until": LATER,
}
"""A value of each attribute that no new payment has. The order and the payment are added by the test."""


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(case, "workflow", clock)
    return clock


def order() -> PaymentOrder:
    return parse_order(order_fields(captureMode="MANUAL"))


def known() -> PaymentState:
    """Returns a state none of whose attributes has the value of a new payment."""
    state = PaymentState(order())
    state.apply(payment_evidence(Verdict.SUCCEEDED))
    state.apply_event(Event.OUTCOME_UNKNOWN)
    state.flag_for_review("a reason")
    vars(state).update(CHANGED)
    return state


async def carried(state: PaymentState, converter: DataConverter) -> PaymentState:
    """Returns the state of the next run, which receives order and state as payloads."""
    payloads = await converter.encode([state.order, state.continuation()])
    first, second = await converter.decode(payloads)
    return PaymentState(parse_order(first), parse_continuation(second))


def test_every_attribute_of_a_payment_has_a_changed_value() -> None:
    """A new attribute of PaymentState has to be carried over, and to be named here or in NOT_CARRIED."""
    attributes = {name.removeprefix("_") for name in vars(PaymentState(order()))}
    assert attributes == {*CHANGED, *NOT_CARRIED, "order", "payment"}
    assert set(Continuation.model_fields) == {*CHANGED, "payment", "version"}
    new = vars(PaymentState(order()))
    assert [name for name, value in CHANGED.items() if new[name] == value] == []


async def test_every_attribute_is_the_same_in_the_next_run(clock: Clock) -> None:
    state = known()
    clock.time = LATER
    after = vars(await carried(state, data_converter()))
    before = {name: value for name, value in vars(state).items() if name not in NOT_CARRIED}
    assert {name: after[name] for name in before} == before


def test_new_payment_has_the_defaults_of_the_model() -> None:
    state = PaymentState(order())
    assert state.continuation() == Continuation(payment=state.payment)


def test_state_of_an_earlier_release_has_the_defaults_of_later_fields() -> None:
    payment = PaymentState(order()).payment
    stored = {"version": 1, "payment": json.loads(payment.model_dump_json())}
    assert parse_continuation(stored) == Continuation(payment=payment)


@pytest.mark.parametrize("change", [{"version": 2}, {"of_a_later_release": 1}, {"payment": None}])
def test_unreadable_state_fails_the_task_and_not_the_payment(change: dict[str, object]) -> None:
    stored = json.loads(PaymentState(order()).continuation().model_dump_json()) | change
    with pytest.raises(UnreadableContinuation, match=next(iter(change))):
        parse_continuation(stored)


def test_thousands_of_claims_leave_a_small_state() -> None:
    state = PaymentState(order())
    state.apply(payment_evidence(Verdict.SUCCEEDED))
    for number in range(3_000):
        state.apply(payment_evidence(Verdict.SUCCEEDED, value=str(number), resultCode=f"{number}" * 99))
        state.append_update(f"update-{number}")
        if number % 1000 == 0:
            state.close_inquiry("ORDER_1-1", is_answered=True)
    assert len(state.pending_claims["ORDER_1-1"]) == MAX_CLAIMS
    assert len(state.answered_updates) == MAX_UPDATES
    assert len(state.continuation().model_dump_json()) < 250_000


def test_step_leaves_its_wait_and_a_call_that_takes_money_does_not() -> None:
    state = PaymentState(order())
    unchanged, same_revision = state.unchanged_since(), state.same_revision()
    state.is_leaving = True
    assert (unchanged(), same_revision()) == (False, True)
