"""The delivery of verified notifications to workflows.

Every function returns only after Temporal has stored the notification, so that the acknowledgement that
follows is about something durable. Every function raises `RPCError`, `RuntimeError` or `TimeoutError` when
Temporal does not store it.
"""

import hashlib
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from holdfast.temporal.fairness import account_priority
from holdfast.temporal.names import (
    CARD_PAYMENT,
    LATE_NOTIFICATION,
    NOTIFICATION,
    TASK_QUEUE,
    is_payment_reference,
    late_notification_id,
    reference_from_request_id,
    workflow_id,
)
from holdfast.temporal.search_attributes import ANTOM_PAYMENT_ID, MERCHANT_ACCOUNT
from holdfast.temporal.signals import signal_once
from services.webhook.ended_payment import EndedPayment, find_ended
from settlement.evidence import PaymentEvidence
from settlement.notification.agreement import agrees
from settlement.notification.late_notice import LateNotice
from settlement.notification.late_notice_text import summary
from settlement.notification.verified_notification import VerifiedNotification

RPC_TIMEOUT = timedelta(seconds=5)
_SEARCHABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LONGEST_TYPE = 64
_logger = logging.getLogger("holdfast.webhook")


@dataclass(frozen=True)
class VerifiedRequest:
    """A request with a valid signature."""

    account: str
    reference: str
    """The part of the path after the account. It is empty for a URL of the gateway's dashboard."""
    body: bytes = field(repr=False)
    at: datetime
    """The time at which the request arrived."""

    @property
    def late_notification_id(self) -> str:
        """The id of the `LateNotification` workflow that keeps this request. A repetition has the same id."""
        digest = hashlib.sha256(self.account.encode() + b"\n" + self.body).hexdigest()
        return late_notification_id(digest)

    @property
    def signal_request_id(self) -> str:
        """The id under which Temporal stores the request's signal once in each run of a workflow.

        It is made of account, path and body, so that the same request has the same id when it is sent again.
        """
        path = f"{self.account}\n{self.reference}\n".encode()
        return f"notification-{hashlib.sha256(path + self.body).hexdigest()}"


async def deliver(client: Client, request: VerifiedRequest, facts: VerifiedNotification) -> None:
    """Signals the payment of a notification, or keeps a `LateNotification` when no payment is running."""
    ended: EndedPayment | None = None
    async for reference in _candidates(client, request, facts):
        if await _signal(client, reference, facts, request.signal_request_id):
            _logger.info("%s delivered to %s", facts.notifyType, workflow_id(reference))
            return
        ended = ended or await find_ended(client, reference)
    await _keep(client, request, _late_notice(request, facts, ended))


async def keep_unreadable(
    client: Client, request: VerifiedRequest, reason: str, notify_type: str | None
) -> None:
    """Keeps a verified request whose body is not a known notification, as a `LateNotification`."""
    notice = LateNotice(
        merchantAccount=request.account,
        paymentReference=_valid_reference(request),
        notifyType=notify_type[:_LONGEST_TYPE] if notify_type else None,
        reason=reason,
        receivedAt=request.at,
    )
    await _keep(client, request, notice)


def _late_notice(
    request: VerifiedRequest, facts: VerifiedNotification, ended: EndedPayment | None
) -> LateNotice:
    """Returns the notice; it needs no review where the payment's result says what the notification says."""
    result = ended.result if ended else None
    is_known = result is not None and agrees(result, facts)
    reason = "payment has ended with this result" if is_known else "payment has ended"
    return LateNotice(
        merchantAccount=request.account,
        paymentReference=ended.reference if ended else _valid_reference(request),
        notifyType=facts.notifyType[:_LONGEST_TYPE],
        reason=reason if ended else "no such payment",
        needsReview=not is_known,
        paymentStatus=result.status if result else None,
        receivedAt=request.at,
        facts=facts,
    )


def _valid_reference(request: VerifiedRequest) -> str | None:
    return request.reference if is_payment_reference(request.reference) else None


async def _candidates(
    client: Client, request: VerifiedRequest, facts: VerifiedNotification
) -> AsyncIterator[str]:
    """Yields the references of payments that the notification may belong to, the most probable first."""
    if request.reference:
        if is_payment_reference(request.reference):
            yield request.reference
        return
    from_request_id = reference_from_request_id(_request_id(facts) or "")
    if from_request_id:
        yield from_request_id
    async for reference in _by_payment_id(client, request.account, facts.evidence.paymentId):
        if reference != from_request_id:
            yield reference


def _request_id(facts: VerifiedNotification) -> str | None:
    evidence = facts.evidence
    return evidence.paymentRequestId if isinstance(evidence, PaymentEvidence) else evidence.captureRequestId


async def _by_payment_id(client: Client, account: str, payment_id: str | None) -> AsyncIterator[str]:
    """Finds payments by the gateway's payment id.

    An automatic capture needs it, because the gateway chooses the request id of such a capture.
    """
    if payment_id is None or not _SEARCHABLE_ID.fullmatch(payment_id):
        return
    query = (
        f"WorkflowType = '{CARD_PAYMENT}' AND {MERCHANT_ACCOUNT.name} = '{account}' "
        f"AND {ANTOM_PAYMENT_ID.name} = '{payment_id}' AND ExecutionStatus != 'ContinuedAsNew'"
    )
    async for execution in client.list_workflows(query, limit=2, rpc_timeout=RPC_TIMEOUT):
        yield execution.id.removeprefix(workflow_id(""))


async def _signal(client: Client, reference: str, facts: VerifiedNotification, request_id: str) -> bool:
    """Signals the payment. Returns False when no workflow with its id is running."""
    try:
        await signal_once(
            client,
            workflow_id(reference),
            NOTIFICATION,
            facts,
            request_id=request_id,
            rpc_timeout=RPC_TIMEOUT,
        )
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def _keep(client: Client, request: VerifiedRequest, notice: LateNotice) -> None:
    try:
        await client.start_workflow(
            LATE_NOTIFICATION,
            notice,
            id=request.late_notification_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            priority=account_priority(request.account),
            static_summary=summary(notice),
            rpc_timeout=RPC_TIMEOUT,
        )
        level = logging.WARNING if notice.needsReview else logging.INFO
        _logger.log(level, "kept %s: %s", request.late_notification_id, notice.reason)
    except WorkflowAlreadyStartedError:
        _logger.info("%s exists already", request.late_notification_id)
