"""Does Holdfast agree with the gateway? What is believed of a payment against the gateway's own record.

Pure, and without an opinion on who is right: a difference is for `settle`, or for a person. Whoever compares
sees to it that the payment did not change while the gateway was asked.
"""

from collections.abc import Iterator, Sequence
from enum import Enum, auto

from holdfast.attempt_status import AttemptStatus
from holdfast.difference_kind import DifferenceKind as K
from holdfast.evidence import Verdict
from holdfast.payment import Attempt, Payment
from holdfast.reconciliation.difference import Difference
from holdfast.status import PaymentStatus as S
from holdfast.temporal.names import payment_request_id
from settlement.capture_comparison import capture_differences
from settlement.gateway_record import DEAD, GatewayRecord
from settlement.markdown import claimed_amount
from settlement.mismatch import amount_mismatch

MOST_ATTEMPTS = 20
"""No order allows more (`attemptLimit`)."""
IN_MOTION = frozenset({S.AUTHORIZING, S.CAPTURING, S.CANCELLING})
"""A call is under way: what the gateway knows already, the payment is about to learn."""

_HOLDS = frozenset({S.AUTHORIZED, S.CAPTURING, S.PARTIALLY_CAPTURED, S.CAPTURED})
_EMPTY = frozenset({S.DECLINED, S.FAILED, S.CANCELLED, S.EXPIRED})
_FITS_OPEN = {
    S.AUTHORIZING: frozenset({Verdict.IN_PROCESS, Verdict.ABSENT}),
    S.ACTION_REQUIRED: frozenset({Verdict.IN_PROCESS}),
    S.PENDING: frozenset({Verdict.IN_PROCESS}),
    S.CANCELLING: frozenset({Verdict.IN_PROCESS, Verdict.SUCCEEDED}),
    S.NEEDS_REVIEW: frozenset({Verdict.IN_PROCESS, Verdict.ABSENT}),
}


class _Belief(Enum):
    HELD = auto()
    NOTHING = auto()
    OPEN = auto()


def next_request_id(payment: Payment | None, reference: str, asked: Sequence[GatewayRecord]) -> str | None:
    """Whom to ask about next; None when the gateway has been asked about everything.

    Every attempt, and where the last one holds nothing, also the attempts that Holdfast never made: a
    workflow that was restored or reset may have forgotten some. They end where the gateway knows none.
    """
    attempts, number = payment.attempts if payment else (), len(asked)
    if number < len(attempts):
        return attempts[number].paymentRequestId
    if payment is not None and _belief(payment, payment.attempt) is not _Belief.NOTHING:
        return None
    if number > len(attempts) and asked[-1].verdict is Verdict.ABSENT:
        return None
    return payment_request_id(reference, number + 1) if number <= MOST_ATTEMPTS else None


def differences(
    payment: Payment | None, records: Sequence[GatewayRecord], *, is_stopped: bool = False
) -> tuple[Difference, ...]:
    """Returns every difference. `is_stopped`: the payment's workflow was ended from outside."""
    attempts = {a.paymentRequestId: a for a in payment.attempts} if payment else {}
    found: list[Difference] = []
    for record in records:
        attempt = attempts.get(record.request_id)
        if payment is None or attempt is None:
            found += _unknown(payment, record)
            continue
        found += _facts_apart(payment, attempt, record)
        found += capture_differences(payment, attempt, record)
        left_alone = is_stopped and attempt is payment.attempt and payment.status is not S.CAPTURED
        found += _left_alone(payment, record) if left_alone else _status_apart(payment, attempt, record)
    return tuple(found)


def _unknown(payment: Payment | None, record: GatewayRecord) -> Iterator[Difference]:
    if record.has_money:
        known = "no such payment" if payment is None else "no such attempt"
        yield _difference(K.UNKNOWN_PAYMENT, record, known, _said(record))


def _left_alone(payment: Payment, record: GatewayRecord) -> Iterator[Difference]:
    """What a stopped workflow has left behind. What it believed last is of no interest any more."""
    if record.has_money:
        yield _difference(K.UNATTENDED, record, f"{payment.status} - stopped", _said(record))


def _facts_apart(payment: Payment, attempt: Attempt, record: GatewayRecord) -> Iterator[Difference]:
    claim = record.payment
    if attempt.paymentId and claim.paymentId and attempt.paymentId != claim.paymentId:
        yield _difference(K.PAYMENT_ID, record, attempt.paymentId, claim.paymentId)
    if amount_mismatch(payment.paymentAmount, claim):
        yield _difference(K.AMOUNT, record, payment.paymentAmount.display, claimed_amount(claim) or "another")


def _status_apart(payment: Payment, attempt: Attempt, record: GatewayRecord) -> Iterator[Difference]:
    kind = _apart(payment, attempt, record)
    if kind is K.UNKNOWN_HOLD and record.taking:
        # it is taken, of which the capture tells
        return
    if kind is not None:
        believed = payment.status if attempt is payment.attempt else f"attempt {attempt.status}"
        yield _difference(kind, record, believed, _said(record))


def _apart(payment: Payment, attempt: Attempt, record: GatewayRecord) -> K | None:
    """How the attempt's status and the gateway's do not agree; None when they do."""
    verdict, belief = record.verdict, _belief(payment, attempt)
    if belief is _Belief.HELD:
        if verdict is Verdict.SUCCEEDED:
            return None
        is_lost = (
            verdict in DEAD
            and attempt.status is AttemptStatus.AUTHORIZED
            and not payment.captured_minor_units
        )
        return K.LOST_HOLD if is_lost else K.STATUS
    if belief is _Belief.NOTHING:
        if verdict in DEAD:
            return None
        return K.UNKNOWN_HOLD if verdict is Verdict.SUCCEEDED else K.STATUS
    return None if verdict in _FITS_OPEN[payment.status] else K.STATUS


def _belief(payment: Payment, attempt: Attempt) -> _Belief:
    if attempt.status is AttemptStatus.AUTHORIZED_AFTER_CLOSE:
        return _Belief.HELD
    if attempt is not payment.attempt or payment.status in _EMPTY:
        return _Belief.NOTHING
    if payment.status in _HOLDS:
        return _Belief.HELD
    if payment.status is S.NEEDS_REVIEW and attempt.decidedAt is not None:
        return _Belief.NOTHING if attempt.status.is_closed else _Belief.HELD
    return _Belief.OPEN


def _said(record: GatewayRecord) -> str:
    amount = claimed_amount(record.payment)
    return f"{record.verdict} {amount}" if amount and record.verdict is not Verdict.ABSENT else record.verdict


def _difference(kind: K, record: GatewayRecord, here: str, there: str) -> Difference:
    return Difference(
        kind=kind,
        paymentRequestId=record.request_id,
        paymentId=record.payment.paymentId,
        holdfastState=here,
        gatewayState=there,
    )
