"""A capture that a MANUAL payment never asked for: a person made it in the gateway's dashboard, or Holdfast
did and has forgotten it, because Temporal was restored from a backup.

The money is taken either way. Once the gateway's own record shows it, it counts, and a person is told.
"""

from datetime import datetime

from pydantic import ValidationError

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.evidence import CaptureEvidence, PaymentEvidence, Source, Verdict
from holdfast.payment import Capture, Payment
from settlement.audit_trail import flagged
from settlement.gateway_record import GatewayRecord
from settlement.mismatch import amount_mismatch

FOREIGN = "a capture that this payment never asked for"


def record_matches(payment: Payment, record: GatewayRecord) -> bool:
    """Whether an inquiry's record is about this payment's money, so that the captures it lists can count.

    A record that carries another amount, or says that nothing was ever held, does not match.
    """
    claim, attempt = record.payment, payment.attempt
    is_ours = claim.paymentRequestId == attempt.paymentRequestId and claim.paymentId == attempt.paymentId
    was_held = claim.verdict in (Verdict.SUCCEEDED, Verdict.CANCELLED)
    return is_ours and was_held and amount_mismatch(payment.paymentAmount, claim) is None


def foreign_capture(payment: Payment, evidence: PaymentEvidence | CaptureEvidence) -> Capture | None:
    """The capture, of money that this payment's current attempt holds; None where it is none to be counted.

    For an inquiry to show: anybody else's word is a reason to inquire, and no more.
    """
    if not isinstance(evidence, CaptureEvidence) or payment.captureMode is not CaptureMode.MANUAL:
        return None
    name, amount = evidence.captureRequestId, _amount_told(evidence)
    is_known = any(capture.captureRequestId == name for capture in payment.captures)
    is_shown = evidence.source is Source.INQUIRY and evidence.verdict is Verdict.SUCCEEDED
    is_ours = bool(evidence.paymentId) and evidence.paymentId == payment.attempt.paymentId
    if not name or amount is None or is_known or not (is_shown and is_ours and _is_held(payment, amount)):
        return None
    return Capture(captureRequestId=name, captureAmount=amount, isLastCapture=False)


def _is_held(payment: Payment, amount: Amount) -> bool:
    held = payment.authorizedAmount
    if held is None or amount.currency != held.currency:
        return False
    return amount.minor_units <= held.minor_units - payment.captured_minor_units


def _amount_told(evidence: CaptureEvidence) -> Amount | None:
    """None where it is none that the gateway could have taken in this currency."""
    value = (evidence.value or "").lstrip("0")
    try:
        return Amount(currency=evidence.currency or "", value=value)
    except ValidationError:
        return None


def adopted(payment: Payment, capture: Capture, at: datetime) -> Payment:
    """The payment with the capture among its own, its result to be settled like theirs."""
    after = payment.model_copy(update={"captures": (*payment.captures, capture)})
    return flagged(after, f"{FOREIGN}: {capture.captureRequestId}", at)
