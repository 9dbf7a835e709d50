"""A late notification: it has a valid signature, and no running payment accepted it."""

from pydantic import AwareDatetime

from holdfast.validation.strict import Strict
from settlement.notification.verified_notification import VerifiedNotification


class LateNotice(Strict):
    """The argument of the workflow `LateNotification`."""

    merchantAccount: str
    paymentReference: str | None = None
    notifyType: str | None = None
    reason: str
    receivedAt: AwareDatetime
    facts: VerifiedNotification | None = None
