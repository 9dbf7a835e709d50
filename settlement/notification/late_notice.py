"""A late notification: it has a valid signature, and no running payment accepted it."""

from pydantic import AwareDatetime

from holdfast.statuses.payment_status import PaymentStatus
from holdfast.validation.strict import Strict
from settlement.notification.verified_notification import VerifiedNotification


class LateNotice(Strict):
    """The argument of the workflow `LateNotification`."""

    merchantAccount: str
    paymentReference: str | None = None
    notifyType: str | None = None
    reason: str
    needsReview: bool = True
    """Whether a person must look at it; False where the payment's result says the same."""
    paymentStatus: PaymentStatus | None = None
    """The status with which the payment has ended, where its result is known."""
    receivedAt: AwareDatetime
    facts: VerifiedNotification | None = None
