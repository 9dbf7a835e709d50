"""What a workflow and an activity send to each other: names, arguments, results, and errors by type.

The result of an inquiry is a :class:`settlement.gateway_record.GatewayRecord`. Nothing in here does I/O, so
workflow code may import it.
"""

from datetime import datetime
from enum import StrEnum

from holdfast.antom.amounts import Amount
from holdfast.evidence import CaptureEvidence, PaymentEvidence
from holdfast.order import PaymentOrder
from holdfast.validation.strict import Strict

PAY = "pay"
INQUIRE = "inquire"
WATCH = "watch"
CAPTURE = "capture"
CANCEL = "cancel"
FORGET_CARD = "forget_card"


class Failure(StrEnum):
    """The `type` of an application error that an activity raises."""

    NOT_SENT = "NotSent"
    OUTCOME_UNKNOWN = "OutcomeUnknown"
    NOT_YET = "NotYet"
    INVALID_ORDER = "InvalidOrder"


class PayCall(Strict):
    """One attempt. `order` carries the attempt's own payment method and environment."""

    order: PaymentOrder
    paymentRequestId: str
    expiresAt: datetime
    """How long the buyer has."""


class PayResult(Strict):
    """A signed answer to a pay call. `repeated`: an earlier send of the same id had no known outcome."""

    evidence: PaymentEvidence
    repeated: bool


class InquireCall(Strict):
    """Asks for one attempt, and for the captures of its payment."""

    merchantAccount: str
    paymentRequestId: str
    expiresAt: datetime


class WatchFor(StrEnum):
    """What ends a watch."""

    PAYMENT_DECIDED = "PAYMENT_DECIDED"
    PAYMENT_DECIDED_OR_ACTION = "PAYMENT_DECIDED_OR_ACTION"
    """Or a next action for the buyer that no answer has carried before."""
    PAYMENT_DECIDED_OR_ABSENT = "PAYMENT_DECIDED_OR_ABSENT"
    CAPTURE_DECIDED = "CAPTURE_DECIDED"
    CAPTURE_DECIDED_OR_ABSENT = "CAPTURE_DECIDED_OR_ABSENT"


class WatchCall(Strict):
    """Asks again and again. Pauses in seconds: `first` before the first question, which the workflow waits,
    then `growth` times longer each time, up to `longest`.
    """

    inquiry: InquireCall
    watchFor: WatchFor
    captureRequestId: str | None = None
    """The capture that is waited for; any capture when absent."""
    first: float
    growth: float
    longest: float


class CaptureCall(Strict):
    """One capture. `isLastCapture` is sent only where more than one capture is meant. `isRepeat`: an earlier
    call of the same id had no known outcome.
    """

    merchantAccount: str
    captureRequestId: str
    paymentId: str
    captureAmount: Amount
    isLastCapture: bool | None = None
    isRepeat: bool = False


class CaptureResult(Strict):
    """A signed answer to a capture call."""

    evidence: CaptureEvidence
    repeated: bool


class CancelCall(Strict):
    """Voids one attempt, by the id that was decided before anything was sent."""

    merchantAccount: str
    paymentRequestId: str


class CancelResult(Strict):
    """A signed answer to a cancel call: accepted (S), refused (F) or neither (U), and its code."""

    accepted: bool
    refused: bool
    code: str
