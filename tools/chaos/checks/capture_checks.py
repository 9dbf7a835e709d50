"""The judge of what merchants wanted: what was asked for is captured, or something excuses it."""

from collections.abc import Iterator

from holdfast import Payment
from holdfast.payment import CaptureStatus
from holdfast.status import FINAL
from holdfast.status import PaymentStatus as S
from tools.chaos.checks.expected_failures import fault_on_capture, why_unpaid
from tools.chaos.checks.payment_record import Dossier, Finding
from tools.chaos.checks.verdict import Rule
from tools.chaos.plan import Ending, Plan

_STANDS = FINAL | {S.AUTHORIZED, S.PARTIALLY_CAPTURED}
"""Statuses in which nothing is on its way that could still take the money."""
_TAKING = frozenset({S.CAPTURING, S.NEEDS_REVIEW})


def uncaptured(dossier: Dossier) -> Iterator[Finding]:
    """A payment that its merchant wanted captured, that was not, and that nothing excuses."""
    payment, plan = dossier.payment, dossier.plan
    if payment is None or payment.status not in _STANDS or not _is_wanted(plan):
        return
    if payment.captured_minor_units >= sum(plan.parts):
        return
    is_held = payment.status in (S.AUTHORIZED, S.PARTIALLY_CAPTURED, S.CAPTURED)
    if is_held and not _is_refused(payment, plan):
        yield Rule.UNCAPTURED, f"{payment.captured_minor_units} of {sum(plan.parts)}, and {payment.status}"
    elif not is_held and (why := why_unpaid(dossier, payment)):
        yield Rule.UNCAPTURED, f"{payment.status}, and {why}"


def forgotten(dossier: Dossier) -> Iterator[Finding]:
    """A capture that Holdfast accepted, and that is neither decided nor on its way."""
    payment = dossier.payment
    if payment is None:
        return
    if payment.open_capture is not None and payment.status not in _TAKING:
        name = payment.open_capture.captureRequestId
        yield Rule.FORGOTTEN, f"{name} has no result, and the payment is {payment.status}"
    accepted = [call for call in dossier.calls if call.name == "capture" and not call.error]
    if accepted and not payment.captures:
        yield Rule.FORGOTTEN, f"{len(accepted)} calls were accepted, and {payment.status} without any"


def _is_wanted(plan: Plan) -> bool:
    """Without a merchant's call, the gateway captures by itself."""
    return not plan.is_manual or plan.ending is Ending.CAPTURE


def _is_refused(payment: Payment, plan: Plan) -> bool:
    """Whether the gateway was told to refuse a capture and has done so, or to make none by itself."""
    if any(fault.on == "automaticCapture" and fault.fault == "none" for fault in plan.faults):
        return not payment.captures
    failed = any(capture.status is CaptureStatus.FAIL for capture in payment.captures)
    return failed and any(fault_on_capture(fault) for fault in plan.faults)
