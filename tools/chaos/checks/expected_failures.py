"""The expected reasons for which a payment ends without money: refused, too late, or never received.

That faults were injected explains nothing by itself. A payment that was refused, came too late or never
reached the gateway shows it in the ledger, in the clock and in its own events.
"""

from datetime import datetime, timedelta

from holdfast import Payment
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.order import AuthorizationExpiry
from holdfast.payment import Attempt
from holdfast.payment_event import Event
from settlement.evidence import CARD_NOT_FOUND, PAY_CALL_NOT_SENT
from tools.chaos.checks.payment_record import PaymentRecord
from tools.chaos.faults.gateway_faults import GatewayFault
from tools.chaos.faults.resets import Reset
from workflows.timing import ABSENCE_ANSWERS, ABSENCE_PAUSE

_REFUSED = "FAIL"
_CANCELLED = "ORDER_IS_CANCELED"
_OPERATIONS = ("pay", "capture", "inquiryPayment")
_NO_AUTHORIZATION = frozenset({"AUTH_EXPIRED", "AUTH_CANCELLED"})
_INQUIRED_FOR = (ABSENCE_ANSWERS - 1) * ABSENCE_PAUSE
"""The least time of inquiries before a pay call is known to have never arrived."""
_GRACE = timedelta(seconds=1)
_DELIVERY_TIME = timedelta(seconds=11)
"""The gateway waits so long for a notification's acknowledgement; its clock has whole seconds."""


def unexplained_attempt(record: PaymentRecord, payment: Payment) -> str:
    """Describes an attempt that holds no money without an expected reason; empty when there is none."""
    for attempt in payment.attempts:
        row = record.attempt(attempt.paymentRequestId)
        if row is not None and row.status == _REFUSED:
            continue
        if not any(explains(attempt, record, payment) for explains in _EXPECTED):
            theirs = row.status if row is not None else "unknown to the ledger"
            return f"nothing explains {attempt.paymentRequestId}, which is {theirs}"
    return ""


def fault_on_capture(fault: GatewayFault) -> bool:
    """Whether this fault makes a capture fail finally."""
    is_undone = fault.fault in ("code_f", "taken_back") or (fault.fault == "in_process" and bool(fault.code))
    return fault.on in ("capture", "automaticCapture", "any") and is_undone


def _never_arrived(attempt: Attempt, record: PaymentRecord, payment: Payment) -> bool:
    """Whether inquiries took long enough to know that the request never arrived.

    A request that arrived later is named in the payment and was voided. A card that an earlier attempt has
    used is known to be deleted at once.
    """
    request_id = attempt.paymentRequestId
    row = record.attempt(request_id)
    took = (attempt.decidedAt or attempt.startedAt) - attempt.startedAt
    was_inquired = took + _GRACE >= _INQUIRED_FOR
    if attempt.resultCode == CARD_NOT_FOUND:
        return row is None and (was_inquired or attempt is not payment.attempts[0])
    is_named = any(request_id in (event.detail or "") for event in payment.events)
    return attempt.resultCode == ORDER_NOT_EXIST and was_inquired and (row is None or is_named)


def _was_denied(attempt: Attempt, record: PaymentRecord, payment: Payment) -> bool:
    """An injected fault made the gateway respond that there is no such payment, or no authorization."""
    injected = {(fault.on, fault.code) for fault in record.plan.faults if fault.fault == "code_f"}
    codes = {on: {code for where, code in injected if where in (on, "any")} for on in _OPERATIONS}
    missing = {capture.resultCode for capture in payment.captures if capture.resultCode in _NO_AUTHORIZATION}
    is_refused = attempt.resultCode in codes["pay"] or bool(missing & codes["capture"])
    return is_refused or ORDER_NOT_EXIST in codes["inquiryPayment"]


def _was_too_late(attempt: Attempt, record: PaymentRecord, payment: Payment) -> bool:
    """The whole time had passed, and no notification had reported by then that the buyer has paid."""
    time_is_up = _time_is_up(attempt, record)
    for event in payment.events:
        if event.event is Event.DEADLINE_PASSED and event.at + _GRACE >= time_is_up:
            return not _was_reported(attempt, record, event.at)
    return False


def _was_too_late_before_a_reset(attempt: Attempt, record: PaymentRecord, payment: Payment) -> bool:
    """The run before a reset cancelled the payment after the whole time, and the reset removed that event.

    The run after the reset learns from an inquiry that the order is cancelled.
    """
    is_reset = any(each.reset is not Reset.ACTIVITY for each in record.plan.resets)
    if not is_reset or attempt.resultCode != _CANCELLED or attempt.decidedAt is None:
        return False
    row = record.attempt(attempt.paymentRequestId)
    was_cancelled = row is not None and row.cancelCalls > 0
    is_late = attempt.decidedAt + _GRACE >= _time_is_up(attempt, record)
    return was_cancelled and is_late and not _was_reported(attempt, record, attempt.decidedAt)


def _time_is_up(attempt: Attempt, record: PaymentRecord) -> datetime:
    return attempt.startedAt + timedelta(seconds=record.plan.complete_within)


def _was_reported(attempt: Attempt, record: PaymentRecord, before: datetime) -> bool:
    """Whether an acknowledged notification had reported the success of this attempt in time."""
    reports = [each for each in record.notifications if each.reports_success(attempt.paymentRequestId)]
    times = [each.acknowledged_delivery_at for each in reports]
    return any(at is not None and at + _DELIVERY_TIME < before for at in times)


def _was_never_sent(attempt: Attempt, record: PaymentRecord, payment: Payment) -> bool:
    """The whole time had passed, and the gateway has never received the pay call."""
    time_is_up = _time_is_up(attempt, record)
    has_ended_late = attempt.decidedAt is not None and attempt.decidedAt + _GRACE >= time_is_up
    is_unknown = record.attempt(attempt.paymentRequestId) is None
    return attempt.resultCode == PAY_CALL_NOT_SENT and has_ended_late and is_unknown


def _was_released_before_expiry(attempt: Attempt, record: PaymentRecord, payment: Payment) -> bool:
    """An earlier expiry was reported, and the order asks for the release of the authorization before it."""
    is_asked_for = record.plan.on_expiry is AuthorizationExpiry.VOID
    is_reported = any(fault.fault == "earlier_expiry" for fault in record.plan.faults)
    has_acted = any(event.event is Event.AUTHORIZATION_EXPIRING for event in payment.events)
    return attempt is payment.attempt and is_asked_for and is_reported and has_acted


_EXPECTED = (
    _never_arrived,
    _was_denied,
    _was_too_late,
    _was_too_late_before_a_reset,
    _was_never_sent,
    _was_released_before_expiry,
)
