"""The judge of payments that are over: nothing is left behind, and the ledger says the same of them."""

from collections import Counter
from collections.abc import Iterator, Mapping

from holdfast import Payment
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.payment import CaptureStatus
from holdfast.status import PaymentStatus as S
from tools.chaos.checks.payment_record import Dossier, Finding
from tools.chaos.checks.verdict import Rule

_NEVER = "no line"
_UNPAID = frozenset({"CANCELLED", "FAIL", _NEVER})
_ENDS: Mapping[S, frozenset[str]] = {
    S.CAPTURED: frozenset({"SUCCESS"}),
    S.FAILED: frozenset({"FAIL", _NEVER}),
    S.CANCELLED: _UNPAID,
    S.EXPIRED: _UNPAID,
}
"""What the ledger says of the last attempt of a payment that has ended like this."""


def left_behind(dossier: Dossier) -> Iterator[Finding]:
    """Money that is held, or can still be paid, for a payment that is over; a workflow that has no end."""
    payment = dossier.payment
    if payment is None or not (payment.status.is_final or payment.status is S.DECLINED):
        return
    released = [row for row in dossier.attempts if dossier.is_being_released(row.paymentRequestId)]
    for row in dossier.attempts:
        if row.heldAmount and row not in released:
            yield Rule.HOLD_LEFT, f"{payment.status}, and {row.heldAmount} held by {row.paymentRequestId}"
        if row.is_open:
            yield Rule.PAYABLE, f"{payment.status}, and {row.paymentRequestId} is {row.status}"
    is_busy = bool(released) and payment.status is not S.CAPTURED
    if payment.status.is_final and dossier.case.is_running and not is_busy:
        yield Rule.RUNS_ON, f"{payment.status}"


def disagreements(dossier: Dossier) -> Iterator[Finding]:
    """What the ledger says otherwise of a payment that has ended: status, amount, each capture."""
    payment = dossier.payment
    if payment is None or not payment.status.is_final:
        return
    found = [*_status(payment, dossier), *_amount(payment, dossier), *_each_capture(payment, dossier)]
    if found:
        yield Rule.DISAGREES, f"{payment.status}; " + "; ".join(found)


def _status(payment: Payment, dossier: Dossier) -> Iterator[str]:
    row = dossier.row(payment.attempt.paymentRequestId)
    theirs = row.status if row is not None else _NEVER
    # what was declared dead unheard, came late and was let go
    is_straggler = payment.attempt.resultCode == ORDER_NOT_EXIST and theirs == "CANCELLED"
    if theirs not in _ENDS[payment.status] and not is_straggler:
        yield f"{payment.attempt.paymentRequestId} is {theirs} in the ledger"


def _amount(payment: Payment, dossier: Dossier) -> Iterator[str]:
    ours = payment.capturedAmount.minor_units if payment.capturedAmount else 0
    theirs = dossier.order.capturedAmount if dossier.order is not None else 0
    is_captured = payment.status is S.CAPTURED
    if ours != theirs or is_captured is not (theirs > 0):
        yield f"{ours} captured, the ledger has {theirs}"


def _each_capture(payment: Payment, dossier: Dossier) -> Iterator[str]:
    ours = Counter(
        (capture.captureRequestId, capture.captureAmount.minor_units)
        for capture in payment.captures
        if capture.status is CaptureStatus.SUCCESS
    )
    undone = [entry.captureRequestId for entry in dossier.entries if entry.kind == "CAPTURE_TAKEN_BACK"]
    standing = [entry for entry in dossier.captured if entry.captureRequestId not in undone]
    theirs = Counter((entry.captureRequestId or "", entry.amount) for entry in standing)
    for request_id, amount in (ours - theirs) | (theirs - ours):
        where = "Holdfast" if (request_id, amount) in ours else "the ledger"
        yield f"{request_id} over {amount} in {where} alone"
