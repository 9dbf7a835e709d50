"""The sources of decisions about a payment and of the lines of its audit trail."""

from enum import StrEnum


class Source(StrEnum):
    """The source of a decision or of a line in the audit trail."""

    PAY_RESPONSE = "PAY_RESPONSE"
    CAPTURE_RESPONSE = "CAPTURE_RESPONSE"
    NOTIFICATION = "NOTIFICATION"
    INQUIRY = "INQUIRY"
    CANCEL = "CANCEL"
    OPERATOR = "OPERATOR"
    MERCHANT = "MERCHANT"
    CLOCK = "CLOCK"
