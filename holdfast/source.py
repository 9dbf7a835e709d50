"""Where a decision about a payment, or a line of its audit trail, comes from."""

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
