"""Properties of the state graph, which is data."""

from itertools import pairwise

import pytest

from holdfast.payment_event import Event
from holdfast.statuses.payment_status import FINAL, PaymentStatus
from settlement.transitions import EDGES, target

S = PaymentStatus
FINALS = {S.FAILED, S.CANCELLED, S.EXPIRED, S.CAPTURED}
CORRECTIONS = {(S.CAPTURED, Event.CAPTURE_REVERSED): S.NEEDS_REVIEW}
"""The documented exception: a capture that the gateway reverses."""
CANCELLABLE = {S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING, S.AUTHORIZED, S.NEEDS_REVIEW}
CAPTURED = {S.PARTIALLY_CAPTURED, S.CAPTURED}


def reachable(start: PaymentStatus, without: set[PaymentStatus]) -> set[PaymentStatus]:
    seen, todo = {start}, [start]
    while todo:
        for to in EDGES[todo.pop()].values():
            if to not in seen and to not in without:
                seen.add(to)
                todo.append(to)
    return seen


def test_every_status_is_in_the_graph_and_reachable() -> None:
    assert set(EDGES) == set(S)
    assert reachable(S.AUTHORIZING, set()) == set(S)


def test_final_statuses_are_those_of_the_contract() -> None:
    assert set(FINAL) == FINALS == {status for status in S if status.is_final}
    assert not S.NEEDS_REVIEW.is_final


def test_final_status_changes_only_by_a_documented_correction() -> None:
    out = {(status, event): to for status in FINALS for event, to in EDGES[status].items()}
    assert out == CORRECTIONS


@pytest.mark.parametrize("status", set(S) - FINALS)
def test_every_other_status_reaches_a_final_one(status: PaymentStatus) -> None:
    assert reachable(status, set()) & FINALS


@pytest.mark.parametrize("event", Event)
def test_every_event_is_an_edge_of_some_status(event: Event) -> None:
    assert [status for status in S if target(status, event) is not None]


def test_event_leads_to_the_same_status_from_everywhere() -> None:
    for event in Event:
        assert len({target(status, event) for status in S} - {None}) == 1, event


@pytest.mark.parametrize("status", S)
def test_every_open_status_can_need_review(status: PaymentStatus) -> None:
    review = target(status, Event.OUTCOME_UNKNOWN)
    assert review is (None if status in FINALS | {S.NEEDS_REVIEW} else S.NEEDS_REVIEW)


@pytest.mark.parametrize("status", S)
def test_cancellation_is_possible_from_cancellable_statuses_only(status: PaymentStatus) -> None:
    cancelling = target(status, Event.CANCEL_REQUESTED)
    assert cancelling is (S.CANCELLING if status in CANCELLABLE else None)
    assert target(status, Event.ABANDONED) is (S.CANCELLED if status is S.DECLINED else None)


def test_review_can_end_in_every_decision_of_the_gateway() -> None:
    assert {S.AUTHORIZED, S.DECLINED, *FINALS} <= set(EDGES[S.NEEDS_REVIEW].values())


def test_capture_is_reachable_only_after_authorization_review_or_cancellation() -> None:
    """Every path from the first statuses to CAPTURED passes one of these."""
    assert not reachable(S.AUTHORIZING, {S.AUTHORIZED, S.NEEDS_REVIEW, S.CANCELLING}) & CAPTURED


def test_retry_is_possible_only_after_a_decline() -> None:
    assert [status for status in S if target(status, Event.RETRY_REQUESTED)] == [S.DECLINED]


SEQUENCES = {
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
        (S.CAPTURING, Event.FURTHER_CAPTURE_FAILED),
        (S.PARTIALLY_CAPTURED, Event.REMAINDER_RELEASED),
    ],
    "retry with another card": [
        (S.AUTHORIZING, Event.DECLINED),
        (S.DECLINED, Event.RETRY_REQUESTED),
        (S.AUTHORIZING, Event.DECLINED),
        (S.DECLINED, Event.RETRY_WINDOW_CLOSED),
    ],
    "buyer does not finish": [
        (S.ACTION_REQUIRED, Event.DEADLINE_PASSED),
        (S.CANCELLING, Event.EXPIRY_CONFIRMED),
    ],
    "cancelled by the merchant": [
        (S.AUTHORIZED, Event.CANCEL_REQUESTED),
        (S.CANCELLING, Event.CANCEL_CONFIRMED),
    ],
    "reversed capture": [(S.CAPTURED, Event.CAPTURE_REVERSED), (S.NEEDS_REVIEW, Event.CAPTURED)],
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_typical_sequence_follows_the_edges(name: str) -> None:
    for (status, event), (following, _) in pairwise(SEQUENCES[name]):
        assert target(status, event) is following
    status, event = SEQUENCES[name][-1]
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
def test_forbidden_change_has_no_edge(status: PaymentStatus, event: Event) -> None:
    assert target(status, event) is None
