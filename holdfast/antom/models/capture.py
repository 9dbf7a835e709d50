"""The capture call, which takes the money of an authorization (Antom: capture)."""

from enum import StrEnum

from holdfast.antom.amounts import Amount, OptionalAmount
from holdfast.antom.base import Id64, RequestModel
from holdfast.antom.models.result import ResultModel


class CaptureType(StrEnum):
    """Whether more captures of the same authorization will follow."""

    FINAL = "FINAL"
    NON_FINAL = "NON_FINAL"


class GatewayCaptureRequest(RequestModel):
    """A capture; `captureRequestId` is the idempotency key, `paymentId` the gateway's own id."""

    captureRequestId: Id64
    paymentId: Id64
    captureAmount: Amount
    isLastCapture: bool | None = None
    captureType: CaptureType | None = None


class CaptureFacts(ResultModel):
    """The fields that the response to a capture and its notification share."""

    captureRequestId: str | None = None
    captureId: str | None = None
    paymentId: str | None = None
    captureAmount: OptionalAmount = None
    captureTime: str | None = None
    acquirerReferenceNo: str | None = None


class CaptureResponse(CaptureFacts):
    """The response to a capture: S captured, F failed, U with CAPTURE_IN_PROCESS not decided yet."""
