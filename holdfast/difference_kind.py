"""The kinds of difference between a payment and the gateway's record of it."""

from enum import StrEnum


class DifferenceKind(StrEnum):
    """What does not agree."""

    UNKNOWN_PAYMENT = "UNKNOWN_PAYMENT"
    """The gateway has an attempt with money, or one that can still be paid, that Holdfast never made."""
    UNKNOWN_HOLD = "UNKNOWN_HOLD"
    """Money is held for an attempt that is dead to Holdfast."""
    UNKNOWN_CAPTURE = "UNKNOWN_CAPTURE"
    """Money was taken by a capture that Holdfast never made, or that failed as far as it knows."""
    LOST_HOLD = "LOST_HOLD"
    """Holdfast counts on money that the gateway does not hold."""
    LOST_CAPTURE = "LOST_CAPTURE"
    """A capture that succeeded here, and did not, or not any more, at the gateway."""
    UNATTENDED = "UNATTENDED"
    """Money is held, or can still be paid, and the workflow that looked after it was stopped."""
    AMOUNT = "AMOUNT"
    """Another amount, or another currency."""
    PAYMENT_ID = "PAYMENT_ID"
    """Another paymentId for the same paymentRequestId."""
    STATUS = "STATUS"
    """Any other decision of which one side does not know."""
