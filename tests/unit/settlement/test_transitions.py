"""The state graph is data: what must hold of it however it grows."""

from itertools import pairwise

import pytest

from holdfast.payment_event import Event
from holdfast.status import FINAL, PaymentStatus
from settlement.transitions import EDGES, target

S = PaymentStatus
FINALS = {S.FAILED, S.CANCELLED, S.EXPIRED, S.CAPTURED}
CORRECTIONS = {(S.CAPTURED, Event.CAPTURE_REVERSED): S.NEEDS_REVIEW}
"""The documented exception: a capture that the gateway takes back."""
CANCELLABLE = {S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING, S.AUTHORIZED, S.NEEDS_REVIEW}
MONEY_TAKEN = {S.PARTIALLY_CAPTURED, S.CAPTURED}


def reachable(start: PaymentStatus, without: set[PaymentStatus]) -> set[PaymentStatus]:
    seen, todo = {start}, [start]
    while todo:
        for to in EDGES[todo.pop()].values():
            if to not in seen and to not in without:
                seen.add(to)
                todo.append(to)
    return seen


def test_every_status_has_its_place_and_can_be_reached() -> None:
    assert set(EDGES) == set(S)
    assert reachable(S.AUTHORIZING, set()) == set(S)


def test_the_final_statuses_are_those_of_the_contract() -> None:
    assert set(FINAL) == FINALS == {status for status in S if status.is_final}
    assert not S.NEEDS_REVIEW.is_final


def test_a_final_status_changes_by_a_documented_correction_alone() -> None:
    out = {(status, event): to for status in FINALS for event, to in EDGES[status].items()}
    assert out == CORRECTIONS


@pytest.mark.parametrize("status", set(S) - FINALS)
def test_no_other_status_is_a_dead_end(status: PaymentStatus) -> None:
    assert reachable(status, set()) & FINALS


@pytest.mark.parametrize("event", Event)
def test_every_event_is_an_edge_of_some_status(event: Event) -> None:
    assert [status for status in S if target(status, event) is not None]


def test_an_event_leads_to_one_status_wherever_it_happens() -> None:
    for event in Event:
        assert len({target(status, event) for status in S} - {None}) == 1, event


@pytest.mark.parametrize("status", S)
def test_the_truth_can_be_lost_wherever_money_may_move(status: PaymentStatus) -> None:
    doubt = target(status, Event.TRUTH_UNKNOWN)
    assert doubt is (None if status in FINALS | {S.NEEDS_REVIEW} else S.NEEDS_REVIEW)


@pytest.mark.parametrize("status", S)
def test_what_may_be_cancelled(status: PaymentStatus) -> None:
    asked = target(status, Event.CANCEL_REQUESTED)
    assert asked is (S.CANCELLING if status in CANCELLABLE else None)
    assert target(status, Event.ABANDONED) is (S.CANCELLED if status is S.DECLINED else None)


def test_a_review_can_end_in_every_decision_of_the_gateway() -> None:
    assert {S.AUTHORIZED, S.DECLINED, *FINALS} <= set(EDGES[S.NEEDS_REVIEW].values())


def test_a_payment_is_captured_only_after_money_was_held_or_in_doubt() -> None:
    """From the first statuses there is no way to CAPTURED around all of these."""
    assert not reachable(S.AUTHORIZING, {S.AUTHORIZED, S.NEEDS_REVIEW, S.CANCELLING}) & MONEY_TAKEN


def test_a_retry_comes_after_a_decline_alone() -> None:
    assert [status for status in S if target(status, Event.RETRY_REQUESTED)] == [S.DECLINED]


HAPPY = {
    "a MANUAL payment": [
        (S.AUTHORIZING, Event.BUYER_NEEDED),
        (S.ACTION_REQUIRED, Event.IN_PROCESS),
        (S.PENDING, Event.AUTHORIZED),
        (S.AUTHORIZED, Event.CAPTURE_REQUESTED),
        (S.CAPTURING, Event.CAPTURED),
    ],
    "an AUTOMATIC payment": [(S.AUTHORIZING, Event.AUTHORIZED), (S.AUTHORIZED, Event.CAPTURED)],
    "captured in parts": [
        (S.AUTHORIZED, Event.CAPTURE_REQUESTED),
        (S.CAPTURING, Event.PARTIALLY_CAPTURED),
        (S.PARTIALLY_CAPTURED, Event.CAPTURE_REQUESTED),
        (S.CAPTURING, Event.CAPTURE_FAILED_AFTER_PART),
        (S.PARTIALLY_CAPTURED, Event.REMAINDER_RELEASED),
    ],
    "a second card": [
        (S.AUTHORIZING, Event.DECLINED),
        (S.DECLINED, Event.RETRY_REQUESTED),
        (S.AUTHORIZING, Event.DECLINED),
        (S.DECLINED, Event.RETRY_WINDOW_CLOSED),
    ],
    "an impatient buyer": [
        (S.ACTION_REQUIRED, Event.DEADLINE_PASSED),
        (S.CANCELLING, Event.EXPIRY_CONFIRMED),
    ],
    "out of stock": [(S.AUTHORIZED, Event.CANCEL_REQUESTED), (S.CANCELLING, Event.CANCEL_CONFIRMED)],
    "taken back": [(S.CAPTURED, Event.CAPTURE_REVERSED), (S.NEEDS_REVIEW, Event.CAPTURED)],
}


@pytest.mark.parametrize("story", HAPPY)
def test_stories(story: str) -> None:
    for (status, event), (following, _) in pairwise(HAPPY[story]):
        assert target(status, event) is following
    status, event = HAPPY[story][-1]
    assert target(status, event) in FINALS | {S.NEEDS_REVIEW}


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (S.DECLINED, Event.AUTHORIZED),
        (S.FAILED, Event.AUTHORIZED),
        (S.CANCELLED, Event.CAPTURED),
        (S.CAPTURED, Event.CANCEL_REQUESTED),
        (S.CAPTURING, Event.CANCEL_REQUESTED),
        (S.AUTHORIZING, Event.CAPTURE_REQUESTED),
        (S.AUTHORIZED, Event.DECLINED),
    ],
)
def test_what_must_never_be_a_move(status: PaymentStatus, event: Event) -> None:
    assert target(status, event) is None
