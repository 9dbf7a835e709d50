"""Compares the known state of a payment with the gateway's record.

The functions are pure and do not decide which side is right: `settle` or a person resolves a difference. The
caller makes sure that the payment did not change during the inquiries.
"""

from collections.abc import Iterator, Sequence
from enum import Enum, auto

from holdfast.difference_kind import DifferenceKind as K
from holdfast.payment import Attempt, Payment
from holdfast.reconciliation.difference import Difference
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from holdfast.temporal.names import payment_request_id
from settlement.comparison.captures import capture_differences
from settlement.evidence import Verdict
from settlement.gateway_record import CLOSING_VERDICTS, GatewayRecord
from settlement.markdown import displayed_amount
from settlement.mismatch import amount_mismatch

MAX_ATTEMPTS = 20
"""The largest `attemptLimit` that an order can have."""
IN_PROGRESS = frozenset({S.AUTHORIZING, S.CAPTURING, S.CANCELLING})
"""The statuses in which a call is in progress, so that the gateway's record can be ahead of the payment."""

_HOLDS = frozenset({S.AUTHORIZED, S.CAPTURING, S.PARTIALLY_CAPTURED, S.CAPTURED})
_EMPTY = frozenset({S.DECLINED, S.FAILED, S.CANCELLED, S.EXPIRED})
_FITS_OPEN = {
    S.AUTHORIZING: frozenset({Verdict.IN_PROCESS, Verdict.ABSENT}),
    S.ACTION_REQUIRED: frozenset({Verdict.IN_PROCESS}),
    S.PENDING: frozenset({Verdict.IN_PROCESS}),
    S.CANCELLING: frozenset({Verdict.IN_PROCESS, Verdict.SUCCEEDED}),
    S.NEEDS_REVIEW: frozenset({Verdict.IN_PROCESS, Verdict.ABSENT}),
}


class _KnownState(Enum):
    """What Holdfast knows of the money of one attempt."""

    HELD = auto()
    NOTHING = auto()
    OPEN = auto()


def next_request_id(payment: Payment | None, reference: str, answered: Sequence[GatewayRecord]) -> str | None:
    """Returns the request id of the next inquiry; None when no inquiry is left.

    Every attempt is inquired about. Where the last one holds nothing, so are attempts that Holdfast does not
    know, because a workflow that was restored or reset can have lost some. The inquiries end with the first
    such attempt that the gateway does not know either.
    """
    attempts, number = payment.attempts if payment else (), len(answered)
    if number < len(attempts):
        return attempts[number].paymentRequestId
    if payment is not None and _known_state(payment, payment.attempt) is not _KnownState.NOTHING:
        return None
    if number > len(attempts) and answered[-1].verdict is Verdict.ABSENT:
        return None
    return payment_request_id(reference, number + 1) if number <= MAX_ATTEMPTS else None


def differences(
    payment: Payment | None, records: Sequence[GatewayRecord], *, is_stopped: bool = False
) -> tuple[Difference, ...]:
    """Returns every difference between a payment and the gateway's records.

    Args:
        payment: The payment; None where Holdfast has none of this reference.
        records: The gateway's record of each attempt.
        is_stopped: Whether the payment's workflow was terminated, so that nothing acts on the payment.
    """
    attempts = {a.paymentRequestId: a for a in payment.attempts} if payment else {}
    found: list[Difference] = []
    for record in records:
        attempt = attempts.get(record.request_id)
        if payment is None or attempt is None:
            found += _unknown(payment, record)
            continue
        found += _fact_differences(payment, attempt, record)
        found += capture_differences(payment, attempt, record)
        if is_stopped and attempt is payment.attempt and payment.status is not S.CAPTURED:
            found += _unattended(payment, record)
        else:
            found += _status_differences(payment, attempt, record)
    return tuple(found)


def _unknown(payment: Payment | None, record: GatewayRecord) -> Iterator[Difference]:
    if record.has_money:
        known = "no such payment" if payment is None else "no such attempt"
        yield _difference(K.UNKNOWN_PAYMENT, record, known, _gateway_state(record))


def _unattended(payment: Payment, record: GatewayRecord) -> Iterator[Difference]:
    """Yields a difference where a stopped workflow has left money held or captured."""
    if record.has_money:
        yield _difference(K.UNATTENDED, record, f"{payment.status} - stopped", _gateway_state(record))


def _fact_differences(payment: Payment, attempt: Attempt, record: GatewayRecord) -> Iterator[Difference]:
    evidence = record.payment
    if attempt.paymentId and evidence.paymentId and attempt.paymentId != evidence.paymentId:
        yield _difference(K.PAYMENT_ID, record, attempt.paymentId, evidence.paymentId)
    if amount_mismatch(payment.paymentAmount, evidence):
        yield _difference(
            K.AMOUNT, record, payment.paymentAmount.display, displayed_amount(evidence) or "another"
        )


def _status_differences(payment: Payment, attempt: Attempt, record: GatewayRecord) -> Iterator[Difference]:
    kind = _disagreement(payment, attempt, record)
    if kind is K.UNKNOWN_HOLD and record.taken_captures:
        # the difference of the capture reports this money
        return
    if kind is not None:
        known = payment.status if attempt is payment.attempt else f"attempt {attempt.status}"
        yield _difference(kind, record, known, _gateway_state(record))


def _disagreement(payment: Payment, attempt: Attempt, record: GatewayRecord) -> K | None:
    """Returns how the attempt's status and the gateway's disagree; None where they agree."""
    verdict, known = record.verdict, _known_state(payment, attempt)
    if known is _KnownState.HELD:
        if verdict is Verdict.SUCCEEDED:
            return None
        is_lost = (
            verdict in CLOSING_VERDICTS
            and attempt.status is AttemptStatus.AUTHORIZED
            and not payment.captured_minor_units
        )
        return K.LOST_HOLD if is_lost else K.STATUS
    if known is _KnownState.NOTHING:
        if verdict in CLOSING_VERDICTS:
            return None
        return K.UNKNOWN_HOLD if verdict is Verdict.SUCCEEDED else K.STATUS
    return None if verdict in _FITS_OPEN[payment.status] else K.STATUS


def _known_state(payment: Payment, attempt: Attempt) -> _KnownState:
    if attempt.status is AttemptStatus.AUTHORIZED_AFTER_CLOSE:
        return _KnownState.HELD
    if attempt is not payment.attempt or payment.status in _EMPTY:
        return _KnownState.NOTHING
    if payment.status in _HOLDS:
        return _KnownState.HELD
    if payment.status is S.NEEDS_REVIEW and attempt.decidedAt is not None:
        return _KnownState.NOTHING if attempt.status.is_closed else _KnownState.HELD
    return _KnownState.OPEN


def _gateway_state(record: GatewayRecord) -> str:
    amount = displayed_amount(record.payment)
    return f"{record.verdict} {amount}" if amount and record.verdict is not Verdict.ABSENT else record.verdict


def _difference(kind: K, record: GatewayRecord, known_state: str, gateway_state: str) -> Difference:
    return Difference(
        kind=kind,
        paymentRequestId=record.request_id,
        paymentId=record.payment.paymentId,
        holdfastState=known_state,
        gatewayState=gateway_state,
    )
