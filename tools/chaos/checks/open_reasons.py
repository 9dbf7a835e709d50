"""The reasons for which a payment may be open at the end: its review, its events, and the ledger."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from holdfast import Payment
from holdfast.statuses.payment_status import PaymentStatus as S
from tools.chaos.plan import Plan
from tools.local_stack.ledger import Attempt
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


def missing_reason(payment: Payment, attempts: Sequence[Attempt], plan: Plan, at: datetime) -> str:
    """Describes why an open payment should not be open; empty when it has a reason.

    A review is a reason for NEEDS_REVIEW, and for a status of work in progress within its time limit only.
    """
    status = payment.status
    if payment.review is None and status not in _WAITING and status is not S.DECLINED:
        return f"{status}, and no review"
    if status is not S.AUTHORIZING and not any(event.to is status for event in payment.events):
        return f"{status}, and no event led there"
    if status in _WAITING:
        return _WAITING[status](payment, attempts, at)
    ends = _time_limit(payment, plan)
    return f"{status}, and its time limit has passed" if ends is not None and ends < at else ""


def _waits_for_buyer(payment: Payment, attempts: Sequence[Attempt], at: datetime) -> str:
    until = payment.nextAction.expiresAt if payment.nextAction else None
    if until is not None and until < at:
        return "the buyer's time limit has passed"
    return _waits_for_gateway(payment, attempts, at)


def _waits_for_gateway(payment: Payment, attempts: Sequence[Attempt], _: datetime) -> str:
    if any(attempt.is_open for attempt in attempts):
        return ""
    return f"{payment.status}, and nothing is open at the gateway"


def _is_held(payment: Payment, attempts: Sequence[Attempt], _: datetime) -> str:
    held = sum(attempt.heldAmount for attempt in attempts)
    taken = sum(attempt.capturedAmount for attempt in attempts)
    ours = payment.captured_minor_units
    if held and taken == ours:
        return ""
    return f"{payment.status} with {ours} captured, the ledger has {taken} and holds {held}"


def _time_limit(payment: Payment, plan: Plan) -> datetime | None:
    """Returns when the status ends by the workflow's own rules; None when a person decides."""
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
"""A call, and three inquiries whether it has arrived."""
_ONE_CANCEL = CALL + CANCEL_INQUIRIES * (CALL + CANCEL_INQUIRY_PAUSE)
_CANCELLING = CANCEL_TRIES * (_ONE_CANCEL + CANCEL_PAUSE)
_Reason = Callable[[Payment, Sequence[Attempt], datetime], str]
_WAITING: Mapping[S, _Reason] = {
    S.ACTION_REQUIRED: _waits_for_buyer,
    S.PENDING: _waits_for_gateway,
    S.AUTHORIZED: _is_held,
    S.PARTIALLY_CAPTURED: _is_held,
}
"""In these statuses a payment waits for another party; in any other one work is in progress."""
