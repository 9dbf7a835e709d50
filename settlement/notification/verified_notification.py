"""What the webhook hands to a payment: a notification whose signature held, cut down to its evidence."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from holdfast.antom.models import CaptureNotification, PaymentNotification
from settlement.evidence import Evidence
from settlement.translation import from_notification


class VerifiedNotification(BaseModel):
    """The argument of the signal `notification`. Sent by the webhook alone, never by a merchant.

    Unknown fields are no error: a webhook may be newer than the worker, and has acknowledged already.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    merchantAccount: str
    notifyType: str
    receivedAt: AwareDatetime
    evidence: Evidence


def verified(
    notification: PaymentNotification | CaptureNotification,
    *,
    merchant_account: str,
    received_at: AwareDatetime,
) -> VerifiedNotification:
    """The signal for a notification that `holdfast.antom.signing.is_valid` has accepted for this account."""
    return VerifiedNotification(
        merchantAccount=merchant_account,
        notifyType=notification.notifyType,
        receivedAt=received_at,
        evidence=from_notification(notification),
    )
