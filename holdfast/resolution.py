"""An operator's resolution of a payment under review.

A resolution is evidence like any other: it goes through `settle`. The audit trail names the operator, the
reason, and what was looked at.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from holdfast.errors import InvalidRequest, NotUnderReview, PaymentEnded
from holdfast.evidence import OPERATOR_SAYS, CaptureEvidence, PaymentEvidence, Source, Verdict
from holdfast.payment import Payment
from holdfast.status import PaymentStatus as S
from holdfast.validation.parsing import parse_model
from holdfast.validation.strict import Strict

Line = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Outcome(StrEnum):
    """What the operator has found. `ACKNOWLEDGED` means: it was looked at, and nothing has to be done."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    ACKNOWLEDGED = "ACKNOWLEDGED"

    @property
    def denies_money(self) -> bool:
        """Whether it says that nothing is held or taken."""
        return self in (Outcome.FAILED, Outcome.CANCELLED)


class Resolution(Strict):
    """The argument of the update `resolve`: about the current attempt, or about a capture.

    `resolvedBy` is a login rather than a name; `evidence` says what was looked at, as in "dashboard, capture
    2026..., 14:02".
    """

    outcome: Outcome
    resolvedBy: Line
    reason: Line
    evidence: Line
    captureRequestId: str | None = None
    paymentId: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The gateway's id, as its dashboard shows it; to capture, it has to be known."""


def parse_resolution(data: object) -> Resolution:
    """The resolution in what any client sent. Raises InvalidRequest: one line, no value repeated."""
    return parse_model(Resolution, data, InvalidRequest)


def refuse_resolution(payment: Payment, resolution: Resolution) -> None:
    """Raises PaymentEnded, NotUnderReview, or InvalidRequest where this cannot be said of the payment now."""
    if payment.status.is_final:
        raise PaymentEnded(f"the payment has ended as {payment.status}")
    if resolution.outcome is Outcome.ACKNOWLEDGED:
        if payment.review is None:
            raise NotUnderReview("nothing about this payment has to be looked at")
    elif payment.status is not S.NEEDS_REVIEW:
        raise NotUnderReview(f"the payment is {payment.status}: the gateway decides that, not an operator")
    else:
        _refuse_outcome(payment, resolution)


def _refuse_outcome(payment: Payment, resolution: Resolution) -> None:
    """The open capture is what is unknown, where there is one; else it is the current attempt."""
    unknown = payment.open_capture and payment.open_capture.captureRequestId
    if resolution.captureRequestId != unknown:
        wanted = f"must be {unknown}, the capture without a result" if unknown else "must be absent"
        raise InvalidRequest(f"captureRequestId: {wanted}")
    if resolution.outcome is Outcome.SUCCEEDED and not (payment.attempt.paymentId or resolution.paymentId):
        raise InvalidRequest("paymentId: is required, the gateway has not told it")


def claim_of(payment: Payment, resolution: Resolution) -> PaymentEvidence | CaptureEvidence | None:
    """Returns the resolution as evidence; None where it decides nothing."""
    if resolution.outcome is Outcome.ACKNOWLEDGED:
        return None
    verdict = Verdict(resolution.outcome)
    if resolution.captureRequestId is not None:
        return CaptureEvidence(
            source=Source.OPERATOR,
            verdict=verdict,
            captureRequestId=resolution.captureRequestId,
            paymentId=resolution.paymentId,
            resultCode=OPERATOR_SAYS,
        )
    return PaymentEvidence(
        source=Source.OPERATOR,
        verdict=verdict,
        paymentRequestId=payment.attempt.paymentRequestId,
        paymentId=resolution.paymentId,
        resultCode=OPERATOR_SAYS,
    )
