"""What excuses a payment that ended without money: by the ledger, by the clock, by what was heard in time.

That the storm was rough is no excuse by itself. Whoever was refused, or came too late, or never got through
to the gateway has left a trace of it in the ledger and in the payment's own events.
"""

from datetime import timedelta

from holdfast import Payment
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.payment import Attempt
from holdfast.payment_event import Event
from settlement.evidence import CARD_GONE
from tools.chaos.checks.payment_record import Dossier
from tools.chaos.faults.gateway_faults import GatewayFault
from workflows.timing import ABSENCE_ANSWERS, ABSENCE_PAUSE

_REFUSED = "FAIL"
_ANSWERS = ("pay", "capture", "inquiryPayment")
_HOLD_IS_GONE = frozenset({"AUTH_EXPIRED", "AUTH_CANCELLED"})
_ASKED_FOR = (ABSENCE_ANSWERS - 1) * ABSENCE_PAUSE
"""How long the gateway is asked at least before a pay call is said to have never arrived."""
_GRACE = timedelta(seconds=1)
_ON_ITS_WAY = timedelta(seconds=11)
"""How long the gateway waits for a notification's acknowledgement, and what its clock leaves out."""


def why_unpaid(dossier: Dossier, payment: Payment) -> str:
    """Which attempt has no excuse for holding no money; empty where each of them has one."""
    for attempt in payment.attempts:
        row = dossier.row(attempt.paymentRequestId)
        if row is not None and row.status == _REFUSED:
            continue
        if not any(excuse(attempt, dossier, payment) for excuse in _EXCUSES):
            theirs = row.status if row is not None else "unknown to the ledger"
            return f"nothing excuses {attempt.paymentRequestId}, which is {theirs}"
    return ""


def fault_on_capture(fault: GatewayFault) -> bool:
    """Whether this fault lets a capture fail for good."""
    is_undone = fault.fault in ("code_f", "taken_back") or (fault.fault == "in_process" and bool(fault.code))
    return fault.on in ("capture", "automaticCapture", "any") and is_undone


def _never_arrived(attempt: Attempt, dossier: Dossier, payment: Payment) -> bool:
    """The gateway was asked long enough; what came all the same is named, and was let go. A card that an
    earlier attempt has used is gone at once.
    """
    request_id = attempt.paymentRequestId
    row = dossier.row(request_id)
    took = (attempt.decidedAt or attempt.startedAt) - attempt.startedAt
    was_asked = took + _GRACE >= _ASKED_FOR
    if attempt.resultCode == CARD_GONE:
        return row is None and (was_asked or attempt is not payment.attempts[0])
    is_named = any(request_id in (event.detail or "") for event in payment.events)
    return attempt.resultCode == ORDER_NOT_EXIST and was_asked and (row is None or is_named)


def _was_denied(attempt: Attempt, dossier: Dossier, payment: Payment) -> bool:
    """The gateway was told to say that there is no such payment, or no hold any more: its word counts."""
    said = {(fault.on, fault.code) for fault in dossier.plan.faults if fault.fault == "code_f"}
    codes = {on: {code for where, code in said if where in (on, "any")} for on in _ANSWERS}
    gone = {capture.resultCode for capture in payment.captures if capture.resultCode in _HOLD_IS_GONE}
    is_refused = attempt.resultCode in codes["pay"] or bool(gone & codes["capture"])
    return is_refused or ORDER_NOT_EXIST in codes["inquiryPayment"]


def _was_too_late(attempt: Attempt, dossier: Dossier, payment: Payment) -> bool:
    """The whole time had passed, and until then no notification had told Holdfast that the buyer has paid."""
    time_is_up = attempt.startedAt + timedelta(seconds=dossier.plan.complete_within)
    for event in payment.events:
        if event.event is Event.DEADLINE_PASSED and event.at + _GRACE >= time_is_up:
            heard = (note.heard_at for note in dossier.notices if note.says_paid(attempt.paymentRequestId))
            return not any(at is not None and at + _ON_ITS_WAY < event.at for at in heard)
    return False


_EXCUSES = (_never_arrived, _was_denied, _was_too_late)
