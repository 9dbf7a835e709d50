"""What an operator's resolution changes beside the evidence in it: the audit trail and the review."""

from datetime import datetime

from holdfast.evidence import Source
from holdfast.payment import Payment
from holdfast.resolution import Outcome, Resolution
from holdfast.status import PaymentStatus as S
from settlement import audit_text
from settlement.audit_trail import append_event


def noted_resolution(payment: Payment, resolution: Resolution, at: datetime, *, fits: bool) -> Payment:
    """Returns the payment with the resolution in its audit trail, and without a review.

    The review stays where the resolution does not match what is known (`fits` is false), and where it leaves
    the payment undecided.
    """
    said = audit_text.resolution(resolution.resolvedBy, resolution.reason, resolution.evidence)
    after = append_event(payment, at, Source.OPERATOR, code=resolution.outcome, detail=said)
    is_open = payment.status is S.NEEDS_REVIEW and resolution.outcome is not Outcome.ACKNOWLEDGED
    review = None if fits and not is_open else payment.review
    return after.model_copy(update={"review": review})
