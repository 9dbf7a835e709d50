"""The names, arguments, results and error types of the activities that workflows call.

The result of an inquiry is a :class:`settlement.gateway_record.GatewayRecord`. This module does no I/O, so
that workflow code can import it.
"""

from datetime import datetime
from enum import StrEnum

from activities.earlier_sends import EarlierSends
from holdfast.antom.amounts import Amount
from holdfast.order import PaymentOrder
from holdfast.validation.strict import Strict
from settlement.evidence import CaptureEvidence, PaymentEvidence

PAY = "pay"
INQUIRE = "inquire"
WATCH = "watch"
CAPTURE = "capture"
CANCEL = "cancel"
FORGET_CARD = "forget_card"


class Failure(StrEnum):
    """The `type` of an application error that an activity raises."""

    NOT_SENT = "NotSent"
    """This try sent nothing; an earlier one may have."""
    NEVER_SENT = "NeverSent"
    """Neither this try nor an earlier one sent anything."""
    TOO_LATE = "TooLate"
    """The buyer's time has passed, and nothing was ever sent."""
    OUTCOME_UNKNOWN = "OutcomeUnknown"
    NOT_YET = "NotYet"


class PayCall(Strict):
    """A call that authorizes one attempt. `order` has the attempt's own payment method and environment."""

    order: PaymentOrder
    paymentRequestId: str
    expiresAt: datetime
    """Until when the buyer can finish. The call is not sent later."""
    earlierSends: EarlierSends


class PayResult(Strict):
    """The signed answer to a pay call. `repeated`: an earlier call may have sent the same id."""

    evidence: PaymentEvidence
    repeated: bool


class InquireCall(Strict):
    """An inquiry about one attempt and the captures of its payment."""

    merchantAccount: str
    paymentRequestId: str
    expiresAt: datetime


class WatchFor(StrEnum):
    """The record that ends a watch."""

    PAYMENT_DECIDED = "PAYMENT_DECIDED"
    PAYMENT_DECIDED_OR_ACTION = "PAYMENT_DECIDED_OR_ACTION"
    """The payment is decided, or the record has a next action for the buyer."""
    PAYMENT_DECIDED_OR_ABSENT = "PAYMENT_DECIDED_OR_ABSENT"
    CAPTURE_DECIDED = "CAPTURE_DECIDED"
    CAPTURE_DECIDED_OR_ABSENT = "CAPTURE_DECIDED_OR_ABSENT"
    RISK_REVIEW_DECIDED = "RISK_REVIEW_DECIDED"


class WatchCall(Strict):
    """A call that inquires until a record ends the watch.

    The pauses are in seconds: the workflow waits `first` before the first inquiry, and each later pause is
    `growth` times longer, up to `longest`.
    """

    inquiry: InquireCall
    watchFor: WatchFor
    captureRequestId: str | None = None
    """The awaited capture; None for any capture."""
    first: float
    growth: float
    longest: float


class CaptureCall(Strict):
    """A call that captures money of an authorization.

    `isLastCapture` is sent only where the capture is partial.
    """

    merchantAccount: str
    captureRequestId: str
    paymentId: str
    captureAmount: Amount
    isLastCapture: bool | None = None
    earlierSends: EarlierSends


class CaptureResult(Strict):
    """The signed answer to a capture call. `repeated`: an earlier call may have sent the same id."""

    evidence: CaptureEvidence
    repeated: bool


class CancelCall(Strict):
    """A call that voids one attempt, by the id that was decided before anything was sent."""

    merchantAccount: str
    paymentRequestId: str


class CancelResult(Strict):
    """The signed answer to a cancel call: accepted (S), refused (F) or neither (U), and its code."""

    accepted: bool
    refused: bool
    code: str
