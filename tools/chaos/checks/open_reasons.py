"""Why a payment may still be open when everything has settled: its review, or its events and the ledger."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from holdfast import Payment
from holdfast.status import PaymentStatus as S
from tools.chaos.ledger import Attempt
from tools.chaos.plan import Plan
from workflows.timing import (
    ABSENCE_ANSWERS,
    ABSENCE_PAUSE,
    CALL,
    CANCEL_INQUIRIES,
    CANCEL_INQUIRY_PAUSE,
    CANCEL_PAUSE,
    CANCEL_TRIES,
    CAPTURE_EVIDENCE,
)


def no_reason(payment: Payment, attempts: Sequence[Attempt], plan: Plan, at: datetime) -> str:
    """What is wrong with an open payment; empty where it is open for a reason that it names itself.

    A review is a reason for NEEDS_REVIEW, and within its own time for what is on its way: for nothing else.
    """
    status = payment.status
    if payment.review is None and status not in _WAITS and status is not S.DECLINED:
        return f"{status}, and no review"
    if status is not S.AUTHORIZING and not any(event.to is status for event in payment.events):
        return f"{status}, and no event led there"
    if status in _WAITS:
        return _WAITS[status](payment, attempts, at)
    ends = _ends(payment, plan)
    return f"{status}, and its time is up" if ends is not None and ends < at else ""


def _buyer(payment: Payment, attempts: Sequence[Attempt], at: datetime) -> str:
    until = payment.nextAction.expiresAt if payment.nextAction else None
    if until is not None and until < at:
        return "the buyer's time is up"
    return _gateway(payment, attempts, at)


def _gateway(payment: Payment, attempts: Sequence[Attempt], _: datetime) -> str:
    if any(attempt.is_open for attempt in attempts):
        return ""
    return f"{payment.status}, and nothing is open at the gateway"


def _holds(payment: Payment, attempts: Sequence[Attempt], _: datetime) -> str:
    held = sum(attempt.heldAmount for attempt in attempts)
    taken = sum(attempt.capturedAmount for attempt in attempts)
    ours = payment.captured_minor_units
    if held and taken == ours:
        return ""
    return f"{payment.status} with {ours} captured, the ledger has {taken} and holds {held}"


def _ends(payment: Payment, plan: Plan) -> datetime | None:
    """When it is over by the workflow's own rules; None where a person has to say."""
    if payment.status is S.NEEDS_REVIEW:
        return None
    if payment.status is S.DECLINED:
        decided = payment.attempt.decidedAt or payment.attempt.startedAt
        return decided + timedelta(seconds=plan.retry_window) + _GRACE
    if payment.status is S.AUTHORIZING:
        return payment.attempt.startedAt + timedelta(seconds=plan.complete_within) + _ONE_ROUND
    entered = max(event.at for event in payment.events if event.to is payment.status)
    return entered + (CAPTURE_EVIDENCE + _ONE_ROUND if payment.status is S.CAPTURING else _CANCELLING)


_GRACE = timedelta(seconds=5)
_ONE_ROUND = CALL + ABSENCE_ANSWERS * (CALL + ABSENCE_PAUSE)
"""A call, and three times the question whether it has arrived."""
_ONE_CANCEL = CALL + CANCEL_INQUIRIES * (CALL + CANCEL_INQUIRY_PAUSE)
_CANCELLING = CANCEL_TRIES * (_ONE_CANCEL + CANCEL_PAUSE)
_Why = Callable[[Payment, Sequence[Attempt], datetime], str]
_WAITS: Mapping[S, _Why] = {
    S.ACTION_REQUIRED: _buyer,
    S.PENDING: _gateway,
    S.AUTHORIZED: _holds,
    S.PARTIALLY_CAPTURED: _holds,
}
"""Statuses in which somebody else's turn is a reason; in any other one a payment is on its way."""
