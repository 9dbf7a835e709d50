"""Evidence about a payment, by source: a pay response, a notification, an inquiry, an operator.

Evidence changes nothing by itself: only :func:`settlement.settle.settle` applies it to a payment.
It holds no card data: the gateway's facts are reduced to :class:`holdfast.result_info.ResultInfo`.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from holdfast.next_action import NextAction
from holdfast.result_info import ResultInfo
from holdfast.source import Source

OPERATOR_DECISION = "OPERATOR"
"""The result code of an operator's resolution."""
CARD_NOT_FOUND = "CARD_REFERENCE_NOT_FOUND"
"""Holdfast's own result code: the vault has no usable card under the reference, and nothing was sent."""
PAY_CALL_NOT_SENT = "PAY_CALL_NOT_SENT"
"""Holdfast's own result code: no pay call of the attempt was sent before its deadline or its cancellation."""
CAPTURE_WITHDRAWN = "CAPTURE_WITHDRAWN"
"""Holdfast's own result code: the capture never arrived and is not sent any more, because the risk review has
rejected the authorization, or has outlasted it."""
OWN_CODES = frozenset({OPERATOR_DECISION, CARD_NOT_FOUND, PAY_CALL_NOT_SENT})
"""The result codes that Holdfast makes for an attempt and the gateway never sends."""


class Verdict(StrEnum):
    """The outcome that evidence reports."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    IN_PROCESS = "IN_PROCESS"
    ABSENT = "ABSENT"
    """The gateway does not know the request id (yet)."""
    UNCLEAR = "UNCLEAR"
    """The answer decides nothing, such as a status that is not documented."""


class _EvidenceBase(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    source: Source
    verdict: Verdict
    paymentId: str | None = None
    currency: str | None = None
    value: str | None = None
    """The amount in minor units, as the gateway sent it."""
    resultCode: str | None = None
    resultMessage: str | None = None


class PaymentEvidence(_EvidenceBase):
    """Evidence about one attempt, keyed by its `paymentRequestId`."""

    kind: Literal["payment"] = "payment"
    paymentRequestId: str | None = None
    paymentTime: AwareDatetime | None = None
    authExpiryTime: AwareDatetime | None = None
    paymentResultInfo: ResultInfo | None = None
    cardToken: str | None = None
    authReviewStatus: str | None = None
    """The status of the gateway's risk review, in the gateway's word; None where it reports none."""
    nextAction: NextAction | None = None
    buyerIsDone: bool = False
    """Whether an inquiry reports that the buyer has finished. A PAYMENT_PENDING notification implies it."""


class CaptureEvidence(_EvidenceBase):
    """Evidence about one capture, keyed by its `captureRequestId`."""

    kind: Literal["capture"] = "capture"
    captureRequestId: str | None = None
    captureId: str | None = None


Evidence = Annotated[PaymentEvidence | CaptureEvidence, Field(discriminator="kind")]
