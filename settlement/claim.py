"""What a notification reports, as a typed value that recognises an equal report.

A notification that contradicts the payment makes an inquiry necessary. Once an inquiry has answered it, an
equal one says nothing new: it leads to no further inquiry, and the audit trail does not repeat it.
"""

from collections.abc import Iterable

from holdfast.payment import Payment
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.validation.strict import Strict
from settlement.bounded_text import bounded
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict


class Claim(Strict):
    """One report of a notification. Texts, such as the gateway's message, are no part of it."""

    verdict: Verdict
    paymentRequestId: str | None = None
    captureRequestId: str | None = None
    paymentId: str | None = None
    currency: str | None = None
    value: str | None = None
    resultCode: str | None = None
    authReviewStatus: str | None = None
    """The gateway's word for the risk review. With another word, the same report is a new claim."""
    attempt: str
    """The paymentRequestId of the current attempt. After a new one, the same report is a new claim."""
    attemptStatus: AttemptStatus
    """The status of the current attempt. After another decision, the same report is a new claim."""


def remember(claims: dict[Claim, None], new: Iterable[Claim], longest: int) -> None:
    """Adds claims to a dictionary used as an ordered set, and removes the oldest beyond `longest`."""
    claims.update(dict.fromkeys(new))
    for oldest in list(claims)[: max(0, len(claims) - longest)]:
        del claims[oldest]


def claim_of(payment: Payment, evidence: PaymentEvidence | CaptureEvidence) -> Claim | None:
    """Returns what a notification reports about this payment; None for evidence of any other source."""
    if evidence.source is not Source.NOTIFICATION:
        return None
    capture = evidence.captureRequestId if isinstance(evidence, CaptureEvidence) else None
    payment_request = evidence.paymentRequestId if isinstance(evidence, PaymentEvidence) else None
    review = evidence.authReviewStatus if isinstance(evidence, PaymentEvidence) else None
    return Claim(
        verdict=evidence.verdict,
        paymentRequestId=bounded(payment_request),
        captureRequestId=bounded(capture),
        paymentId=bounded(evidence.paymentId),
        currency=bounded(evidence.currency),
        value=bounded(evidence.value),
        resultCode=bounded(evidence.resultCode),
        authReviewStatus=bounded(review),
        attempt=payment.attempt.paymentRequestId,
        attemptStatus=payment.attempt.status,
    )
