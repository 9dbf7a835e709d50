"""Stand-in payments on a real Temporal server, and the notices that the webhook keeps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from holdfast.temporal.names import CARD_PAYMENT, TASK_QUEUE, workflow_id
from services.webhook.delivery import VerifiedRequest
from settlement.notification.late_notice import LateNotice
from settlement.notification.verified_notification import VerifiedNotification
from tests.support.services.notification_sender import (
    NOW,
)
from tests.support.services.standin_payment import StandInPayment

ACKNOWLEDGED = {"result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"}}
DAY = timedelta(days=1)
Payment = WorkflowHandle[Any, Any]


def new_reference() -> str:
    return f"ORDER_{uuid4().hex[:12]}"


@asynccontextmanager
async def running_payment(
    client: Client, payment_id: str | None = None
) -> AsyncIterator[tuple[str, Payment]]:
    reference = new_reference()
    handle = await client.start_workflow(
        CARD_PAYMENT, payment_id, id=workflow_id(reference), task_queue=TASK_QUEUE
    )
    yield reference, handle
    await handle.signal(StandInPayment.end)
    await handle.result()


async def ended_payment(client: Client) -> str:
    async with running_payment(client) as (reference, _):
        pass
    return reference


async def notifications_of(payment: Payment) -> list[VerifiedNotification]:
    return await payment.query(StandInPayment.notifications)


async def kept(client: Client, body: bytes, account: str = "default") -> LateNotice:
    """Returns the notice that was kept for a body."""
    handle = client.get_workflow_handle(late_notification_id(body, account), result_type=LateNotice)
    notice: LateNotice = await handle.result()
    return notice


async def is_kept(client: Client, body: bytes, account: str = "default") -> bool:
    try:
        await client.get_workflow_handle(late_notification_id(body, account)).describe()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


def late_notification_id(body: bytes, account: str) -> str:
    return VerifiedRequest(account, "", body, NOW).late_notification_id
