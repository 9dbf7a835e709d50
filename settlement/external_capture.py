"""Captures that a MANUAL payment did not request.

A person made such a capture in the gateway's dashboard, or Holdfast made it before Temporal was restored from
a backup or its workflow was reset. The money is captured either way: the capture counts once an inquiry
reports it, and the payment is flagged for review.

The request id shows which of the two it is. One of this payment's own ids belongs to a forgotten capture, and
the merchant may still request that one again with its key (:mod:`holdfast.repeated_requests`).
"""

from datetime import datetime

from pydantic import ValidationError

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.payment import Capture, Payment
from holdfast.source import Source
from holdfast.temporal.names import is_capture_request_id
from settlement.audit import text as audit_text
from settlement.audit.trail import flag_for_review
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.gateway_record import GatewayRecord
from settlement.mismatch import amount_mismatch


def record_matches(payment: Payment, record: GatewayRecord) -> bool:
    """Returns whether an inquiry's record matches the current attempt, so that its captures can count.

    The record has to carry the attempt's ids and amount, and to report that there is or was an authorization.
    """
    evidence, attempt = record.payment, payment.attempt
    is_ours = (
        evidence.paymentRequestId == attempt.paymentRequestId and evidence.paymentId == attempt.paymentId
    )
    was_held = evidence.verdict in (Verdict.SUCCEEDED, Verdict.CANCELLED)
    return is_ours and was_held and amount_mismatch(payment.paymentAmount, evidence) is None


def find_external_capture(payment: Payment, evidence: PaymentEvidence | CaptureEvidence) -> Capture | None:
    """Returns the capture that this payment did not request; None where the evidence has none that counts.

    Only an inquiry's report of a capture of the current attempt counts. Evidence from any other source leads
    to an inquiry.
    """
    if not isinstance(evidence, CaptureEvidence) or payment.captureMode is not CaptureMode.MANUAL:
        return None
    name, amount = evidence.captureRequestId, _amount_of(evidence)
    is_known = any(capture.captureRequestId == name for capture in payment.captures)
    is_reported = evidence.source is Source.INQUIRY and evidence.verdict is Verdict.SUCCEEDED
    is_ours = bool(evidence.paymentId) and evidence.paymentId == payment.attempt.paymentId
    if not name or amount is None or is_known or not (is_reported and is_ours and _is_held(payment, amount)):
        return None
    is_forgotten = is_capture_request_id(name, payment.paymentReference)
    return Capture(captureRequestId=name, captureAmount=amount, isLastCapture=False, isForgotten=is_forgotten)


def _is_held(payment: Payment, amount: Amount) -> bool:
    held = payment.authorizedAmount
    if held is None or amount.currency != held.currency:
        return False
    return amount.minor_units <= held.minor_units - payment.captured_minor_units


def _amount_of(evidence: CaptureEvidence) -> Amount | None:
    """Returns the amount of the evidence; None where the currency does not allow it."""
    value = (evidence.value or "").lstrip("0")
    try:
        return Amount(currency=evidence.currency or "", value=value)
    except ValidationError:
        return None


def add_external_capture(payment: Payment, capture: Capture, at: datetime) -> Payment:
    """Returns the payment with an external capture that has no result yet, flagged for review."""
    after = payment.model_copy(update={"captures": (*payment.captures, capture)})
    reason = audit_text.forgotten_capture if capture.isForgotten else audit_text.external_capture
    return flag_for_review(after, reason(capture.captureRequestId), at)
