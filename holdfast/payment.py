"""The state of one payment, as the contract publishes it."""

from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict, Field

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.attempt_status import AttemptStatus
from holdfast.evidence import Source
from holdfast.next_action import NextAction
from holdfast.progress import Progress
from holdfast.result_info import ResultInfo
from holdfast.status import PaymentStatus
from holdfast.transitions import Event
from holdfast.validation.strict import Strict


class Attempt(Strict):
    """One try to authorize, with its own `paymentRequestId`."""

    paymentRequestId: str
    paymentId: str | None = None
    """The gateway's id of this attempt."""
    status: AttemptStatus = AttemptStatus.AUTHORIZING
    resultCode: str | None = None
    resultMessage: str | None = None
    paymentResultInfo: ResultInfo | None = None
    startedAt: datetime
    decidedAt: datetime | None = None
    decidedBy: Source | None = None
    buyerCompletedAt: datetime | None = None
    """When a PAYMENT_PENDING notification, or an inquiry, said that the buyer has finished."""


class CaptureStatus(StrEnum):
    """Where one capture stands."""

    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    FAIL = "FAIL"


class Capture(Strict):
    """One capture, with its own `captureRequestId`."""

    captureRequestId: str
    captureId: str | None = None
    captureAmount: Amount
    isLastCapture: bool = True
    status: CaptureStatus = CaptureStatus.PROCESSING
    resultCode: str | None = None


class Review(Strict):
    """A person must look, and why."""

    reason: str
    since: datetime


# `from` is a Python keyword, so the audit trail's models need the one alias of this project.
class AuditEvent(Strict):
    """One line of the audit trail: a move from a status to a status, or evidence that moved nothing.

    It is written for people. Decisions read :attr:`Payment.progress`.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    at: datetime
    source: Source
    event: Event | None = None
    """The edge of the state graph; None where nothing moved."""
    from_: PaymentStatus = Field(alias="from")
    to: PaymentStatus
    code: str | None = None
    detail: str | None = None


class Payment(Strict):
    """One payment: its status, attempts, captures and audit trail. All amounts in minor units."""

    paymentReference: str
    merchantAccount: str
    paymentAmount: Amount
    captureMode: CaptureMode
    status: PaymentStatus = PaymentStatus.AUTHORIZING
    attempts: tuple[Attempt, ...]
    nextAction: NextAction | None = None
    authorizedAmount: Amount | None = None
    capturedAmount: Amount | None = None
    authExpiryTime: datetime | None = None
    captures: tuple[Capture, ...] = ()
    cardToken: str | None = None
    review: Review | None = None
    progress: Progress = Progress()
    """What later decisions need to know of the past."""
    events: tuple[AuditEvent, ...] = ()

    @property
    def attempt(self) -> Attempt:
        """The current attempt."""
        return self.attempts[-1]

    def with_attempt(self, attempt: Attempt) -> "Payment":
        """The payment with what is known now of the attempt that has this request id."""
        same = attempt.paymentRequestId
        attempts = tuple(attempt if a.paymentRequestId == same else a for a in self.attempts)
        return self if attempts == self.attempts else self.model_copy(update={"attempts": attempts})

    @property
    def open_capture(self) -> Capture | None:
        """The capture that has no result yet, if there is one."""
        return next((c for c in self.captures if c.status is CaptureStatus.PROCESSING), None)

    @property
    def captured_minor_units(self) -> int:
        """What the successful captures add up to, in minor units."""
        done = (c for c in self.captures if c.status is CaptureStatus.SUCCESS)
        return sum(c.captureAmount.minor_units for c in done)

    @property
    def is_all_captured(self) -> bool:
        """Whether the successful captures take all that was to be paid."""
        return self.captured_minor_units >= self.paymentAmount.minor_units
