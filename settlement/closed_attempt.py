"""Settles evidence about an attempt that is closed.

The gateway may report an authorization of it late. The payment goes on without that attempt, and the workflow
cancels the late authorization.
"""

from datetime import datetime

from holdfast.observation import ObservationKind
from holdfast.payment import Attempt, Payment
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from settlement.audit import text as audit_text
from settlement.audit.trail import append_once, flag_for_review
from settlement.authorization_expiry import learn_expiry
from settlement.evidence import PaymentEvidence, Verdict
from settlement.mismatch import Settlement, append_evidence, observed

CLOSED_STATUSES = {Verdict.CANCELLED: AttemptStatus.CANCELLED, Verdict.FAILED: AttemptStatus.DECLINED}
"""The status of an attempt, by the verdict that closes it."""


def settle_closed_attempt(
    payment: Payment, attempt: Attempt, evidence: PaymentEvidence, at: datetime
) -> Settlement:
    """Settles evidence about a closed attempt.

    A success makes it AUTHORIZED_AFTER_CLOSE; a later failure or cancellation closes it again.
    """
    is_authorized = attempt.status is AttemptStatus.AUTHORIZED_AFTER_CLOSE
    if is_authorized and evidence.verdict in CLOSED_STATUSES:
        return Settlement(_closed_again(payment, attempt, evidence, at))
    if evidence.verdict is not Verdict.SUCCEEDED:
        return Settlement(payment)
    if is_authorized:
        return Settlement(learn_expiry(payment, evidence, at))
    why = audit_text.authorized_after_close(attempt.paymentRequestId)
    late = attempt.model_copy(update={"status": AttemptStatus.AUTHORIZED_AFTER_CLOSE})
    payment = flag_for_review(append_evidence(payment.with_attempt(late), evidence, at, why), why, at)
    return Settlement(learn_expiry(payment, evidence, at))


def _closed_again(payment: Payment, attempt: Attempt, evidence: PaymentEvidence, at: datetime) -> Payment:
    """Closes the attempt again where an inquiry reports the end of its late authorization.

    Any other source may repeat the failure that closed the attempt before.
    """
    if evidence.source is not Source.INQUIRY:
        observation = observed(payment, evidence, ObservationKind.CLOSE_NOT_CONFIRMED)
        named = observation.model_copy(update={"subject": attempt.paymentRequestId})
        return append_once(payment, named, at)
    status = CLOSED_STATUSES[evidence.verdict]
    payment = payment.with_attempt(attempt.model_copy(update={"status": status}))
    why = audit_text.late_authorization_ended(attempt.paymentRequestId, status)
    return append_evidence(payment, evidence, at, why)
