"""The statuses of a payment, as a merchant sees them."""

from enum import StrEnum


class PaymentStatus(StrEnum):
    """The statuses of a payment. FAILED, CANCELLED, EXPIRED and CAPTURED are final."""

    AUTHORIZING = "AUTHORIZING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    """The buyer has to be redirected."""
    PENDING = "PENDING"
    """The gateway processes it; the buyer has nothing to do."""
    AUTHORIZED = "AUTHORIZED"
    """Money is held and not captured."""
    CAPTURING = "CAPTURING"
    PARTIALLY_CAPTURED = "PARTIALLY_CAPTURED"
    CAPTURED = "CAPTURED"
    DECLINED = "DECLINED"
    """The attempt failed; a retry is possible."""
    CANCELLING = "CANCELLING"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    """The buyer did not finish, or the authorization expired."""
    NEEDS_REVIEW = "NEEDS_REVIEW"
    """The outcome could not be established. The status is never final and never means failed."""

    @property
    def is_final(self) -> bool:
        """Whether the payment has ended."""
        return self in FINAL


FINAL = frozenset(
    {PaymentStatus.FAILED, PaymentStatus.CANCELLED, PaymentStatus.EXPIRED, PaymentStatus.CAPTURED}
)
