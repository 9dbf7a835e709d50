"""A capture that a MANUAL payment never asked for: a person made it in the gateway's dashboard, or Holdfast
did and has forgotten it, because Temporal was restored from a backup.

The money is taken either way. Once the gateway's own record shows it, it counts, and a person is told.
"""

from datetime import datetime

from antom.amounts import Amount
from antom.models import CaptureMode
from payments.audit import flagged
from payments.evidence import CaptureEvidence, PaymentEvidence, Source, Verdict
from payments.payment import Capture, Payment

FOREIGN = "a capture that this payment never asked for"


def is_adoptable(payment: Payment, evidence: PaymentEvidence | CaptureEvidence) -> bool:
    """Whether an inquiry tells of such a capture, of money that this payment holds.

    Anybody else's word is a reason to inquire, and no more.
    """
    if not isinstance(evidence, CaptureEvidence) or payment.captureMode is not CaptureMode.MANUAL:
        return False
    is_known = any(capture.captureRequestId == evidence.captureRequestId for capture in payment.captures)
    is_shown = evidence.source is Source.INQUIRY and evidence.verdict is Verdict.SUCCEEDED
    return is_shown and not is_known and _fits(payment, evidence)


def _fits(payment: Payment, evidence: CaptureEvidence) -> bool:
    held = payment.authorizedAmount
    if held is None or evidence.captureRequestId is None or evidence.currency != held.currency:
        return False
    value = evidence.value or ""
    is_number = value.isascii() and value.isdigit()
    return is_number and 0 < int(value) <= held.minor_units - payment.captured_minor_units


def adopted(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Payment:
    """The payment with the capture among its own, its result to be settled like theirs."""
    value = (evidence.value or "").lstrip("0")
    capture = Capture(
        captureRequestId=evidence.captureRequestId or "",
        captureAmount=Amount(currency=payment.paymentAmount.currency, value=value),
        isLastCapture=False,
    )
    after = payment.model_copy(update={"captures": (*payment.captures, capture)})
    return flagged(after, f"{FOREIGN}: {evidence.captureRequestId}", at)
