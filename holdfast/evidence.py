"""Evidence about a payment, by source: a pay response, a notification, an inquiry, an operator.

Evidence is a claim, not a change: only :func:`settlement.settle.settle` turns it into one.
It holds no card data: what the gateway reports is cut down to :class:`holdfast.result_info.ResultInfo`.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from holdfast.next_action import NextAction
from holdfast.result_info import ResultInfo

OPERATOR_SAYS = "OPERATOR"
"""The result code of what an operator has said."""
CARD_GONE = "CARD_REFERENCE_NOT_FOUND"
"""Our own code, where the gateway has none: the card was no longer in the vault, nothing was sent."""


class Source(StrEnum):
    """Who says so."""

    PAY_RESPONSE = "PAY_RESPONSE"
    CAPTURE_RESPONSE = "CAPTURE_RESPONSE"
    NOTIFICATION = "NOTIFICATION"
    INQUIRY = "INQUIRY"
    CANCEL = "CANCEL"
    OPERATOR = "OPERATOR"
    MERCHANT = "MERCHANT"
    CLOCK = "CLOCK"


class Verdict(StrEnum):
    """What they say."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    IN_PROCESS = "IN_PROCESS"
    ABSENT = "ABSENT"
    """The gateway does not know the request id (yet)."""
    UNCLEAR = "UNCLEAR"
    """An answer that decides nothing, such as a status that is not documented."""


class _Claim(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    source: Source
    verdict: Verdict
    paymentId: str | None = None
    currency: str | None = None
    value: str | None = None
    """Minor units, as the gateway wrote them."""
    resultCode: str | None = None
    resultMessage: str | None = None


class PaymentEvidence(_Claim):
    """A claim about one attempt, keyed by its `paymentRequestId`."""

    kind: Literal["payment"] = "payment"
    paymentRequestId: str | None = None
    authExpiryTime: AwareDatetime | None = None
    paymentResultInfo: ResultInfo | None = None
    cardToken: str | None = None
    nextAction: NextAction | None = None
    buyerIsDone: bool = False
    """An inquiry's word that the buyer has finished; a notification in process says so by being sent."""


class CaptureEvidence(_Claim):
    """A claim about one capture, keyed by its `captureRequestId`."""

    kind: Literal["capture"] = "capture"
    captureRequestId: str | None = None
    captureId: str | None = None


Evidence = Annotated[PaymentEvidence | CaptureEvidence, Field(discriminator="kind")]
