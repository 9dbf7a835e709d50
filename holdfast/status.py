"""The statuses of a payment, as a merchant sees them."""

from enum import StrEnum


class PaymentStatus(StrEnum):
    """Where a payment stands. Final: FAILED, CANCELLED, EXPIRED, CAPTURED."""

    AUTHORIZING = "AUTHORIZING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    """Redirect the buyer."""
    PENDING = "PENDING"
    """The gateway works on it; nothing for the buyer to do."""
    AUTHORIZED = "AUTHORIZED"
    """Money held, not taken."""
    CAPTURING = "CAPTURING"
    PARTIALLY_CAPTURED = "PARTIALLY_CAPTURED"
    CAPTURED = "CAPTURED"
    DECLINED = "DECLINED"
    """This attempt failed; a retry is possible."""
    CANCELLING = "CANCELLING"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    """The buyer did not finish, or the authorization ran out."""
    NEEDS_REVIEW = "NEEDS_REVIEW"
    """The truth could not be established: never final, never a failure."""

    @property
    def is_final(self) -> bool:
        """Whether the payment has ended."""
        return self in FINAL


FINAL = frozenset(
    {PaymentStatus.FAILED, PaymentStatus.CANCELLED, PaymentStatus.EXPIRED, PaymentStatus.CAPTURED}
)
