"""Checks payments that have ended: no authorization is left, and the ledger agrees."""

from collections import Counter
from collections.abc import Iterator, Mapping

from holdfast import Payment
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.payment import CaptureStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from tools.chaos.checks.payment_record import Finding, PaymentRecord
from tools.chaos.checks.run_record import Rule

_NO_ENTRY = "no entry"
_UNPAID = frozenset({"CANCELLED", "FAIL", _NO_ENTRY})
_LEDGER_STATUSES: Mapping[S, frozenset[str]] = {
    S.CAPTURED: frozenset({"SUCCESS"}),
    S.FAILED: frozenset({"FAIL", _NO_ENTRY}),
    S.CANCELLED: _UNPAID,
    S.EXPIRED: _UNPAID,
}
"""The statuses in the ledger that the last attempt of a payment with this final status can have."""


def open_authorizations(record: PaymentRecord) -> Iterator[Finding]:
    """Yields what is still held or payable for an ended payment, and a workflow that still runs."""
    payment = record.payment
    if payment is None or not (payment.status.is_final or payment.status is S.DECLINED):
        return
    released = [row for row in record.attempts if record.is_being_released(row.paymentRequestId)]
    for row in record.attempts:
        if row.heldAmount and row not in released:
            yield Rule.HOLD_LEFT, f"{payment.status}, and {row.heldAmount} held by {row.paymentRequestId}"
        if row.is_open:
            yield Rule.PAYABLE, f"{payment.status}, and {row.paymentRequestId} is {row.status}"
    is_busy = bool(released) and payment.status is not S.CAPTURED
    if payment.status.is_final and record.final.is_running and not is_busy:
        yield Rule.STILL_RUNNING, f"{payment.status}"


def ledger_discrepancies(record: PaymentRecord) -> Iterator[Finding]:
    """Yields the differences between an ended payment and the ledger: status, amount, each capture."""
    payment = record.payment
    if payment is None or not payment.status.is_final:
        return
    found = [*_status(payment, record), *_amount(payment, record), *_each_capture(payment, record)]
    if found:
        yield Rule.DISAGREES, f"{payment.status}; " + "; ".join(found)


def _status(payment: Payment, record: PaymentRecord) -> Iterator[str]:
    row = record.attempt(payment.attempt.paymentRequestId)
    theirs = row.status if row is not None else _NO_ENTRY
    # the request arrived after it was closed, and was voided
    was_late = payment.attempt.resultCode == ORDER_NOT_EXIST and theirs == "CANCELLED"
    if theirs not in _LEDGER_STATUSES[payment.status] and not was_late:
        yield f"{payment.attempt.paymentRequestId} is {theirs} in the ledger"


def _amount(payment: Payment, record: PaymentRecord) -> Iterator[str]:
    ours = payment.capturedAmount.minor_units if payment.capturedAmount else 0
    theirs = record.order.capturedAmount if record.order is not None else 0
    is_captured = payment.status is S.CAPTURED
    if ours != theirs or is_captured is not (theirs > 0):
        yield f"{ours} captured, the ledger has {theirs}"


def _each_capture(payment: Payment, record: PaymentRecord) -> Iterator[str]:
    ours = Counter(
        (capture.captureRequestId, capture.captureAmount.minor_units)
        for capture in payment.captures
        if capture.status is CaptureStatus.SUCCESS
    )
    undone = [entry.captureRequestId for entry in record.entries if entry.kind == "CAPTURE_TAKEN_BACK"]
    standing = [entry for entry in record.captured if entry.captureRequestId not in undone]
    theirs = Counter((entry.captureRequestId or "", entry.amount) for entry in standing)
    for request_id, amount in (ours - theirs) | (theirs - ours):
        where = "Holdfast" if (request_id, amount) in ours else "the ledger"
        yield f"{request_id} over {amount} in {where} alone"
