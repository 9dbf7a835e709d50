"""A notification with a verified signature, reduced to its evidence: the signal from webhook to payment."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from holdfast.antom.models import Notification
from settlement.evidence import Evidence
from settlement.translation import from_notification


class VerifiedNotification(BaseModel):
    """The argument of the signal `notification`, which only the webhook sends.

    Unknown fields are ignored: the webhook can be newer than the worker, and has already acknowledged the
    notification.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    merchantAccount: str
    notifyType: str
    receivedAt: AwareDatetime
    evidence: Evidence


def parse_verified(argument: object) -> VerifiedNotification | None:
    """Returns the argument of a signal; None where the webhook has not sent it."""
    try:
        return VerifiedNotification.model_validate(argument)
    except ValidationError:
        return None


def verified(
    notification: Notification,
    *,
    merchant_account: str,
    received_at: AwareDatetime,
) -> VerifiedNotification:
    """Returns the signal of a notification that `holdfast.antom.signing.is_valid` has accepted."""
    return VerifiedNotification(
        merchantAccount=merchant_account,
        notifyType=notification.notifyType,
        receivedAt=received_at,
        evidence=from_notification(notification),
    )
