"""Checks captures: what the merchant requested is captured, or its failure is an expected one."""

from collections.abc import Iterator

from holdfast import Payment
from holdfast.payment import CaptureStatus
from holdfast.statuses.payment_status import FINAL
from holdfast.statuses.payment_status import PaymentStatus as S
from tools.chaos.checks.expected_failures import fault_on_capture, unexplained_attempt
from tools.chaos.checks.payment_record import Finding, PaymentRecord
from tools.chaos.checks.run_record import Rule
from tools.chaos.plan import Ending, Plan

_AT_REST = FINAL | {S.AUTHORIZED, S.PARTIALLY_CAPTURED}
"""In these statuses no capture is in progress."""
_MAY_CAPTURE = frozenset({S.CAPTURING, S.NEEDS_REVIEW})


def missing_captures(record: PaymentRecord) -> Iterator[Finding]:
    """Yields a payment that was to be captured and was not, without an expected failure."""
    payment, plan = record.payment, record.plan
    if payment is None or payment.status not in _AT_REST or not _is_requested(plan):
        return
    if payment.captured_minor_units >= sum(plan.parts):
        return
    is_held = payment.status in (S.AUTHORIZED, S.PARTIALLY_CAPTURED, S.CAPTURED)
    if is_held and not _is_refused(payment, plan):
        yield Rule.UNCAPTURED, f"{payment.captured_minor_units} of {sum(plan.parts)}, and {payment.status}"
    elif not is_held and (why := unexplained_attempt(record, payment)):
        yield Rule.UNCAPTURED, f"{payment.status}, and {why}"


def lost_captures(record: PaymentRecord) -> Iterator[Finding]:
    """Yields a capture that Holdfast accepted, and that is neither decided nor in progress."""
    payment = record.payment
    if payment is None:
        return
    if payment.open_capture is not None and payment.status not in _MAY_CAPTURE:
        name = payment.open_capture.captureRequestId
        yield Rule.CAPTURE_LOST, f"{name} has no result, and the payment is {payment.status}"
    accepted = [call for call in record.calls if call.name == "capture" and not call.error]
    if accepted and not payment.captures:
        yield Rule.CAPTURE_LOST, f"{len(accepted)} calls were accepted, and {payment.status} without any"


def _is_requested(plan: Plan) -> bool:
    """Whether the merchant captures, or the gateway does so automatically."""
    return not plan.is_manual or plan.ending is Ending.CAPTURE


def _is_refused(payment: Payment, plan: Plan) -> bool:
    """Whether an injected fault made the gateway refuse a capture or omit the automatic one."""
    if any(fault.on == "automaticCapture" and fault.fault == "none" for fault in plan.faults):
        return not payment.captures
    failed = any(capture.status is CaptureStatus.FAIL for capture in payment.captures)
    return failed and any(fault_on_capture(fault) for fault in plan.faults)
