"""The kinds of difference between a payment and the gateway's record of it."""

from enum import StrEnum


class DifferenceKind(StrEnum):
    """The kind of a difference."""

    UNKNOWN_PAYMENT = "UNKNOWN_PAYMENT"
    """The gateway has an attempt, authorized, captured or still payable, that Holdfast never made."""
    UNKNOWN_HOLD = "UNKNOWN_HOLD"
    """The gateway holds an authorization of an attempt that Holdfast has closed."""
    UNKNOWN_CAPTURE = "UNKNOWN_CAPTURE"
    """The gateway reports a capture that Holdfast never made, or that failed according to Holdfast."""
    LOST_HOLD = "LOST_HOLD"
    """Holdfast has an authorization that the gateway does not hold."""
    LOST_CAPTURE = "LOST_CAPTURE"
    """A capture succeeded according to Holdfast, and did not succeed, or was reversed, at the gateway."""
    UNATTENDED = "UNATTENDED"
    """The gateway holds an authorization, or the attempt is payable, and the workflow was terminated."""
    AMOUNT = "AMOUNT"
    """The amounts or the currencies differ."""
    PAYMENT_ID = "PAYMENT_ID"
    """The payment ids of the same paymentRequestId differ."""
    STATUS = "STATUS"
    """The statuses differ in any other way."""
