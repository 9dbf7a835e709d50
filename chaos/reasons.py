"""Why a payment may still be open when everything has settled: its review, or its events and the ledger."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from chaos.ledger import Attempt
from payments import Payment
from payments.status import PaymentStatus as S


def no_reason(payment: Payment, attempts: Sequence[Attempt], retry_window: int, at: datetime) -> str:
    """What is wrong with an open payment; empty where it is open for a reason that it names itself."""
    if payment.review is not None:
        return ""
    if payment.status not in _WAITS:
        return f"{payment.status}, and no review"
    if not any(event.to is payment.status for event in payment.events):
        return f"{payment.status}, and no event led there"
    if payment.status is S.DECLINED:
        return _declined(payment, retry_window, at)
    return _WAITS[payment.status](payment, attempts, at)


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


def _declined(payment: Payment, retry_window: int, at: datetime) -> str:
    closes = (payment.attempt.decidedAt or payment.attempt.startedAt) + timedelta(seconds=retry_window)
    return "the time for another attempt is up" if closes < at - _GRACE else ""


_GRACE = timedelta(seconds=5)
_Why = Callable[[Payment, Sequence[Attempt], datetime], str]
_WAITS: Mapping[S, _Why] = {
    S.ACTION_REQUIRED: _buyer,
    S.PENDING: _gateway,
    S.AUTHORIZED: _holds,
    S.PARTIALLY_CAPTURED: _holds,
    S.DECLINED: lambda *_: "",
}
"""Statuses in which somebody else's turn is a reason; in any other one a payment is on its way."""
