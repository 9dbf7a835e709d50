"""Taking the money of an authorization (Antom: capture)."""

from enum import StrEnum

from holdfast.antom.amounts import Amount, AmountIfAny
from holdfast.antom.base import Id64, Sent
from holdfast.antom.models.result import Answer


class CaptureType(StrEnum):
    """Whether more captures of the same authorization will follow."""

    FINAL = "FINAL"
    NON_FINAL = "NON_FINAL"


class GatewayCaptureRequest(Sent):
    """A capture; `captureRequestId` is the idempotency key, `paymentId` the gateway's own id."""

    captureRequestId: Id64
    paymentId: Id64
    captureAmount: Amount
    isLastCapture: bool | None = None
    captureType: CaptureType | None = None


class CaptureFacts(Answer):
    """What a capture's answer and its notification say alike."""

    captureRequestId: str | None = None
    captureId: str | None = None
    paymentId: str | None = None
    captureAmount: AmountIfAny = None
    captureTime: str | None = None
    acquirerReferenceNo: str | None = None


class CaptureResponse(CaptureFacts):
    """Answer to a capture: S captured, F not, U with CAPTURE_IN_PROCESS not decided yet."""
