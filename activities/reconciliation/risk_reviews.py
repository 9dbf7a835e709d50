"""Delivers the results of risk reviews in the gateway's list of notifications to their payments.

The gateway keeps a notification in its list whether or not it was delivered. A payment that already knows the
result is left alone.
"""

from datetime import UTC, datetime

from pydantic import ValidationError
from temporalio.client import Client

from activities.reconciliation.payment_state import observe_payment
from activities.reconciliation.payment_update import reconcile
from holdfast.antom.models import NotificationEvent, RiskReviewNotification
from holdfast.payment import Payment
from holdfast.statuses.auth_review_status import DECIDED, latest
from holdfast.temporal.names import reference_from_request_id, workflow_id
from settlement.notification.verified_notification import verified

RISK_POST_REVIEW = "RISK_POST_REVIEW"


async def deliver_risk_review(temporal: Client, merchant_account: str, event: NotificationEvent) -> None:
    """Delivers one event to the running payment of this account that does not know it, if there is one.

    A payment can be unaware of its risk review, because an earlier notification was lost too.

    Raises:
        ApplicationError: Temporal does not answer.
    """
    notification = _parse(event)
    reference = reference_from_request_id(notification.paymentRequestId or "") if notification else None
    if notification is None or reference is None or notification.authReviewStatus not in DECIDED:
        return
    observed = await observe_payment(temporal, workflow_id(reference))
    payment = observed.payment if observed and observed.is_running else None
    if payment is None or payment.merchantAccount != merchant_account or not _is_new(payment, notification):
        return
    facts = verified(notification, merchant_account=merchant_account, received_at=datetime.now(UTC))
    await reconcile(temporal, workflow_id(reference), facts)


def _is_new(payment: Payment, notification: RiskReviewNotification) -> bool:
    """Returns whether the result is about the payment's current attempt, and changes what it knows."""
    is_current = notification.paymentRequestId == payment.attempt.paymentRequestId
    known, reported = payment.authReviewStatus, notification.authReviewStatus
    return is_current and latest(known, reported) != known


def _parse(event: NotificationEvent) -> RiskReviewNotification | None:
    if event.notifyType != RISK_POST_REVIEW:
        return None
    try:
        return RiskReviewNotification.model_validate(event.notificationData)
    except ValidationError:
        return None
