"""Evidence that was recorded and not applied, as typed values.

A decision that depends on whether something was reported before compares these values. The audit trail
reports them to people in sentences.
"""

from enum import StrEnum
from typing import Literal

from holdfast.difference_kind import DifferenceKind
from holdfast.source import Source
from holdfast.validation.strict import Strict


class ObservationKind(StrEnum):
    """Why the evidence was not applied."""

    UNKNOWN_REQUEST_ID = "UNKNOWN_REQUEST_ID"
    """It is about a paymentRequestId that the payment has never used."""
    OTHER_PAYMENT_ID = "OTHER_PAYMENT_ID"
    """It carries a paymentId that is not the attempt's."""
    OTHER_AMOUNT = "OTHER_AMOUNT"
    OTHER_CURRENCY = "OTHER_CURRENCY"
    SUCCESS_AFTER_CLOSE = "SUCCESS_AFTER_CLOSE"
    """It reports a success of an attempt that was decided otherwise."""
    SUCCESS_AFTER_DECLINE = "SUCCESS_AFTER_DECLINE"
    """It reports a success of an attempt that was declined, and another attempt is possible."""
    FAILURE_AFTER_SUCCESS = "FAILURE_AFTER_SUCCESS"
    CANCELLATION_AFTER_CAPTURE = "CANCELLATION_AFTER_CAPTURE"
    CLOSE_NOT_CONFIRMED = "CLOSE_NOT_CONFIRMED"
    """It reports, without an inquiry, the end of an attempt that was authorized after it was closed."""
    CAPTURE_OF_OTHER_PAYMENT = "CAPTURE_OF_OTHER_PAYMENT"
    """It is about a capture that carries a paymentId other than the current attempt's."""
    CAPTURE_BEFORE_AUTHORIZATION = "CAPTURE_BEFORE_AUTHORIZATION"
    CAPTURE_WITHOUT_ID = "CAPTURE_WITHOUT_ID"
    """It is about a capture and carries no captureRequestId."""
    SECOND_AUTOMATIC_CAPTURE = "SECOND_AUTOMATIC_CAPTURE"
    EXTERNAL_CAPTURE = "EXTERNAL_CAPTURE"
    """It is about a capture that this payment has not requested."""
    CAPTURES_EXCEED_AUTHORIZATION = "CAPTURES_EXCEED_AUTHORIZATION"
    SUCCESS_OF_FAILED_CAPTURE = "SUCCESS_OF_FAILED_CAPTURE"
    EXPIRY_BEFORE_PAYMENT = "EXPIRY_BEFORE_PAYMENT"
    """It carries an authExpiryTime that is not after the payment. The rest of it was applied."""
    RECORD_DIFFERS = "RECORD_DIFFERS"
    """A reconciliation found a difference between the payment and the gateway's record."""


class Observation(Strict):
    """One piece of evidence that was not applied. An equal value was reported before."""

    kind: ObservationKind
    evidenceKind: Literal["payment", "capture"]
    """Whether it is evidence about the payment or about one of its captures."""
    source: Source
    resultCode: str | None = None
    attempt: str
    """The paymentRequestId of the current attempt. After a new one, the same evidence is recorded again."""
    subject: str | None = None
    """The captureRequestId or paymentRequestId that it names."""
    difference: DifferenceKind | None = None
    gatewayState: str | None = None
    """The state in the gateway's record, where it differs."""
