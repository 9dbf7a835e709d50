"""How evidence changes an attempt that was declared dead: it may hold money all the same.

The payment goes its way without it; what it holds has to be let go.
"""

from datetime import datetime

from holdfast.evidence import PaymentEvidence, Source, Verdict
from holdfast.payment import Attempt, Payment
from holdfast.status import PaymentStatus as S
from settlement.audit_trail import flagged, noted, written
from settlement.mismatch import Settlement

DEAD = {Verdict.CANCELLED: S.CANCELLED, Verdict.FAILED: S.DECLINED}
"""What an attempt is, once somebody has said so."""


def settle_dead(payment: Payment, attempt: Attempt, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """A dead attempt: only a success may still say otherwise, and then a hold has to be let go."""
    if attempt.status is S.NEEDS_REVIEW and evidence.verdict in DEAD:
        return Settlement(_found_hold_gone(payment, attempt, evidence, at))
    if evidence.verdict is not Verdict.SUCCEEDED or attempt.status is S.NEEDS_REVIEW:
        return Settlement(payment)
    why = f"attempt {attempt.paymentRequestId} succeeded after it was declared dead"
    payment = payment.with_attempt(attempt.model_copy(update={"status": S.NEEDS_REVIEW}))
    return Settlement(flagged(written(payment, evidence, at, why), why, at))


def _found_hold_gone(payment: Payment, attempt: Attempt, evidence: PaymentEvidence, at: datetime) -> Payment:
    """For the gateway's own record to say: anybody else may repeat the failure that declared it dead."""
    if evidence.source is not Source.INQUIRY:
        why = f"attempt {attempt.paymentRequestId} holds money until an inquiry says otherwise"
        return noted(payment, evidence, at, why)
    status = DEAD[evidence.verdict]
    payment = payment.with_attempt(attempt.model_copy(update={"status": status}))
    why = f"attempt {attempt.paymentRequestId} holds nothing any more: {status}"
    return written(payment, evidence, at, why)
