"""The state of one payment, as it is published to merchants."""

from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict, Field

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.next_action import NextAction
from holdfast.payment_event import Event
from holdfast.progress import Progress
from holdfast.result_info import ResultInfo
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.auth_review_status import AuthReviewStatus
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.validation.strict import Strict


class Attempt(Strict):
    """One attempt to authorize, with its own `paymentRequestId`."""

    paymentRequestId: str
    key: str | None = None
    """The merchant's key of the `retry` that started it."""
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
    """When a PAYMENT_PENDING notification or an inquiry reported that the buyer has finished."""
    authorizedAt: datetime | None = None
    """When the first report of an authorization of this attempt was settled."""
    paymentTime: datetime | None = None
    """When this attempt was authorized, as the gateway first reported it."""
    authExpiryTime: datetime | None = None
    """Until when a capture of this attempt is possible: the earliest time that the gateway has reported."""
    latestAuthExpiryTime: datetime | None = None
    """The latest end of this attempt's authorization that the gateway has reported."""
    expiryActionTime: datetime | None = None
    """When the action of `onAuthorizationExpiry` is due, by the expiries that the gateway has reported."""


class CaptureStatus(StrEnum):
    """The statuses of one capture."""

    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    FAIL = "FAIL"


class Capture(Strict):
    """One capture, with its own `captureRequestId`."""

    captureRequestId: str
    key: str | None = None
    """The merchant's key of this capture. A capture that failed and its repetition have the same key."""
    captureId: str | None = None
    captureAmount: Amount
    isLastCapture: bool = True
    status: CaptureStatus = CaptureStatus.PROCESSING
    resultCode: str | None = None
    isForgotten: bool = False
    """Whether an inquiry found it under a request id of this payment that its workflow had not requested: a
    reset of the workflow, or a restore of Temporal from a backup, has removed the request."""


class Review(Strict):
    """The reason why a person must review the payment, and since when."""

    reason: str
    since: datetime


# `from` is a Python keyword, so the audit trail's models need the one alias of this project.
class AuditEvent(Strict):
    """One line of the audit trail: a transition, or evidence that caused none.

    It is written for people. Decisions read :attr:`Payment.progress`.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    at: datetime
    source: Source
    event: Event | None = None
    """The edge of the state graph; None where there was no transition."""
    from_: PaymentStatus = Field(alias="from")
    to: PaymentStatus
    code: str | None = None
    detail: str | None = None


class Payment(Strict):
    """One payment: its status, attempts, captures and audit trail. All amounts are in minor units."""

    paymentReference: str
    merchantAccount: str
    paymentAmount: Amount
    captureMode: CaptureMode
    paymentMethodFingerprint: str | None = None
    """Identifies the payment method of the order, see `PaymentMethod.fingerprint`."""
    status: PaymentStatus = PaymentStatus.AUTHORIZING
    attempts: tuple[Attempt, ...]
    nextAction: NextAction | None = None
    authorizedAmount: Amount | None = None
    capturedAmount: Amount | None = None
    authExpiryTime: datetime | None = None
    """Until when a capture is possible: that of the current attempt."""
    captures: tuple[Capture, ...] = ()
    cardToken: str | None = None
    authReviewStatus: str | None = None
    """The status of the gateway's risk review of the current attempt, in the gateway's word."""
    review: Review | None = None
    progress: Progress = Progress()
    """The facts of the past that later decisions depend on."""
    events: tuple[AuditEvent, ...] = ()
    """The audit trail. Of a long one, the lines in the middle are replaced by one with their number."""

    @property
    def attempt(self) -> Attempt:
        """The current attempt."""
        return self.attempts[-1]

    def with_attempt(self, attempt: Attempt) -> "Payment":
        """Returns the payment with this attempt in place of the one with the same request id."""
        same = attempt.paymentRequestId
        attempts = tuple(attempt if a.paymentRequestId == same else a for a in self.attempts)
        return self if attempts == self.attempts else self.model_copy(update={"attempts": attempts})

    @property
    def open_capture(self) -> Capture | None:
        """The capture that has no result yet, if there is one."""
        return next((c for c in self.captures if c.status is CaptureStatus.PROCESSING), None)

    @property
    def is_risk_rejected(self) -> bool:
        """Whether the gateway's risk review has rejected the authorization."""
        return self.authReviewStatus == AuthReviewStatus.REJECT

    @property
    def has_passed_risk_review(self) -> bool:
        """Whether the authorization may be captured: there is no risk review, or it has accepted."""
        return self.authReviewStatus in (None, AuthReviewStatus.ACCEPT)

    @property
    def is_under_risk_review(self) -> bool:
        """Whether the gateway's risk review is not decided, so that nothing may be captured or shipped."""
        return not self.has_passed_risk_review and not self.is_risk_rejected

    @property
    def captured_minor_units(self) -> int:
        """The sum of the successful captures, in minor units."""
        done = (c for c in self.captures if c.status is CaptureStatus.SUCCESS)
        return sum(c.captureAmount.minor_units for c in done)

    @property
    def is_all_captured(self) -> bool:
        """Whether the successful captures add up to the whole amount of the payment."""
        return self.captured_minor_units >= self.paymentAmount.minor_units
