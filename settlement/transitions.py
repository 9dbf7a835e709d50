"""The state graph of a payment as data: one named event per edge. `docs/states.md` is drawn from it."""

from collections.abc import Mapping
from typing import Final

from holdfast.payment_event import Event
from holdfast.statuses.payment_status import PaymentStatus as S

_DECIDED: Final = {
    Event.AUTHORIZED: S.AUTHORIZED,
    Event.DECLINED: S.DECLINED,
    Event.FAILED: S.FAILED,
    Event.CLOSED_UNPAID: S.EXPIRED,
    Event.CANCELLED_AT_GATEWAY: S.CANCELLED,
    Event.OUTCOME_UNKNOWN: S.NEEDS_REVIEW,
    Event.CANCEL_REQUESTED: S.CANCELLING,
    Event.DEADLINE_PASSED: S.CANCELLING,
}

_CAPTURE_DECIDED: Final = {
    Event.CAPTURE_HELD: S.CAPTURING,
    Event.CAPTURED: S.CAPTURED,
    Event.PARTIALLY_CAPTURED: S.PARTIALLY_CAPTURED,
    Event.OUTCOME_UNKNOWN: S.NEEDS_REVIEW,
}

EDGES: Final[Mapping[S, Mapping[Event, S]]] = {
    S.AUTHORIZING: {Event.BUYER_NEEDED: S.ACTION_REQUIRED, Event.IN_PROCESS: S.PENDING, **_DECIDED},
    S.ACTION_REQUIRED: {Event.IN_PROCESS: S.PENDING, **_DECIDED},
    S.PENDING: {Event.BUYER_NEEDED: S.ACTION_REQUIRED, Event.IN_PROCESS: S.PENDING, **_DECIDED},
    S.DECLINED: {
        Event.RETRY_REQUESTED: S.AUTHORIZING,
        Event.RETRY_WINDOW_CLOSED: S.FAILED,
        Event.ABANDONED: S.CANCELLED,
        Event.DECLINE_REVERSED: S.AUTHORIZED,
        Event.OUTCOME_UNKNOWN: S.NEEDS_REVIEW,
    },
    S.AUTHORIZED: {
        Event.CAPTURE_REQUESTED: S.CAPTURING,
        Event.CANCEL_REQUESTED: S.CANCELLING,
        Event.AUTHORIZATION_EXPIRING: S.CANCELLING,
        Event.RISK_REJECTED: S.CANCELLING,
        Event.AUTHORIZATION_LAPSED: S.EXPIRED,
        Event.CANCELLED_AT_GATEWAY: S.CANCELLED,
        **_CAPTURE_DECIDED,
    },
    S.CAPTURING: {
        Event.CAPTURE_FAILED: S.AUTHORIZED,
        Event.FURTHER_CAPTURE_FAILED: S.PARTIALLY_CAPTURED,
        Event.AUTHORIZATION_LAPSED: S.EXPIRED,
        Event.CANCELLED_AT_GATEWAY: S.CANCELLED,
        Event.RISK_REJECTED_AFTER_CAPTURE: S.NEEDS_REVIEW,
        **_CAPTURE_DECIDED,
    },
    S.PARTIALLY_CAPTURED: {
        Event.RISK_REJECTED_AFTER_CAPTURE: S.NEEDS_REVIEW,
        Event.CAPTURE_REQUESTED: S.CAPTURING,
        Event.REMAINDER_RELEASED: S.CAPTURED,
        Event.CAPTURE_REVERSED: S.NEEDS_REVIEW,
        **_CAPTURE_DECIDED,
    },
    S.CANCELLING: {
        Event.CANCEL_CONFIRMED: S.CANCELLED,
        Event.EXPIRY_CONFIRMED: S.EXPIRED,
        Event.CANCEL_REFUSED: S.AUTHORIZED,
        **_CAPTURE_DECIDED,
    },
    S.NEEDS_REVIEW: {
        Event.BUYER_NEEDED: S.ACTION_REQUIRED,
        Event.IN_PROCESS: S.PENDING,
        Event.AUTHORIZED: S.AUTHORIZED,
        Event.DECLINED: S.DECLINED,
        Event.FAILED: S.FAILED,
        Event.CLOSED_UNPAID: S.EXPIRED,
        Event.CANCELLED_AT_GATEWAY: S.CANCELLED,
        Event.CANCEL_REQUESTED: S.CANCELLING,
        Event.CANCEL_RESUMED: S.CANCELLING,
        Event.CAPTURE_RESUMED: S.CAPTURING,
        Event.CAPTURE_HELD: S.CAPTURING,
        Event.CAPTURE_FAILED: S.AUTHORIZED,
        Event.FURTHER_CAPTURE_FAILED: S.PARTIALLY_CAPTURED,
        Event.AUTHORIZATION_LAPSED: S.EXPIRED,
        Event.CAPTURED: S.CAPTURED,
        Event.PARTIALLY_CAPTURED: S.PARTIALLY_CAPTURED,
    },
    S.CAPTURED: {Event.CAPTURE_REVERSED: S.NEEDS_REVIEW},
    S.FAILED: {},
    S.CANCELLED: {},
    S.EXPIRED: {},
}
"""Every legal transition: from a status, by an event, to a status."""


def target(status: S, event: Event) -> S | None:
    """Returns the status after an event; None where the transition is not legal."""
    return EDGES[status].get(event)
