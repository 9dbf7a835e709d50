"""From a notification with a valid signature to the workflow that must have it.

Nothing here returns before Temporal has stored the notification, so that whoever acknowledges it afterwards
acknowledges something durable. Every function raises `RPCError`, `RuntimeError` or `TimeoutError` when
Temporal does not take it.
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

from holdfast.evidence import PaymentEvidence
from holdfast.temporal.existence import payment_exists
from holdfast.temporal.fairness import account_priority
from holdfast.temporal.names import (
    CARD_PAYMENT,
    LATE_NOTIFICATION,
    NOTIFICATION,
    TASK_QUEUE,
    is_payment_reference,
    reference_from_request_id,
    workflow_id,
)
from holdfast.temporal.search_attributes import ANTOM_PAYMENT_ID, MERCHANT_ACCOUNT
from settlement.late_notice import LateNotice
from settlement.late_notice_text import summary
from settlement.notification import VerifiedNotification

RPC_TIMEOUT = timedelta(seconds=5)
_SEARCHABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LONGEST_TYPE = 64
_logger = logging.getLogger("holdfast.webhook")


@dataclass(frozen=True)
class Arrival:
    """A request whose signature is valid: where it was sent, with what, and when."""

    account: str
    reference: str
    """What follows the account in the path; empty where the gateway's dashboard holds the URL."""
    body: bytes = field(repr=False)
    at: datetime

    @property
    def late_id(self) -> str:
        """Workflow id under which this arrival is kept when nobody can take it: the same when sent again."""
        digest = hashlib.sha256(self.account.encode() + b"\n" + self.body).hexdigest()
        return f"late-notification-{digest[:40]}"


async def deliver(client: Client, arrival: Arrival, facts: VerifiedNotification) -> None:
    """Signal the payment; without one that takes signals, keep a `LateNotification`."""
    reason = "no such payment"
    known: str | None = None
    async for reference in _candidates(client, arrival, facts):
        if await _signalled(client, reference, facts):
            _logger.info("%s delivered to %s", facts.notifyType, workflow_id(reference))
            return
        if known is None and await payment_exists(client, reference):
            known, reason = reference, "payment has ended"
    reference_of_notice = known or (arrival.reference if is_payment_reference(arrival.reference) else None)
    await _keep(client, arrival, reason, facts.notifyType, facts, reference_of_notice)


async def keep_unreadable(client: Client, arrival: Arrival, reason: str, notify_type: str | None) -> None:
    """Keep a signed body that is no notification we know."""
    reference = arrival.reference if is_payment_reference(arrival.reference) else None
    await _keep(client, arrival, reason, notify_type, None, reference)


async def _candidates(client: Client, arrival: Arrival, facts: VerifiedNotification) -> AsyncIterator[str]:
    """References of payments that may have caused this, the likeliest first."""
    if arrival.reference:
        if is_payment_reference(arrival.reference):
            yield arrival.reference
        return
    ours = reference_from_request_id(_request_id(facts) or "")
    if ours:
        yield ours
    async for reference in _by_payment_id(client, arrival.account, facts.evidence.paymentId):
        if reference != ours:
            yield reference


def _request_id(facts: VerifiedNotification) -> str | None:
    evidence = facts.evidence
    return evidence.paymentRequestId if isinstance(evidence, PaymentEvidence) else evidence.captureRequestId


async def _by_payment_id(client: Client, account: str, payment_id: str | None) -> AsyncIterator[str]:
    """The gateway makes up the request id of an automatic capture: there its payment id must do."""
    if payment_id is None or not _SEARCHABLE_ID.fullmatch(payment_id):
        return
    query = (
        f"WorkflowType = '{CARD_PAYMENT}' AND {MERCHANT_ACCOUNT.name} = '{account}' "
        f"AND {ANTOM_PAYMENT_ID.name} = '{payment_id}'"
    )
    async for execution in client.list_workflows(query, limit=2, rpc_timeout=RPC_TIMEOUT):
        yield execution.id.removeprefix(workflow_id(""))


async def _signalled(client: Client, reference: str, facts: VerifiedNotification) -> bool:
    handle = client.get_workflow_handle(workflow_id(reference))
    try:
        await handle.signal(NOTIFICATION, facts, rpc_timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def _keep(
    client: Client,
    arrival: Arrival,
    reason: str,
    notify_type: str | None,
    facts: VerifiedNotification | None,
    reference: str | None,
) -> None:
    notice = LateNotice(
        merchantAccount=arrival.account,
        paymentReference=reference,
        notifyType=notify_type[:_LONGEST_TYPE] if notify_type else None,
        reason=reason,
        receivedAt=arrival.at,
        facts=facts,
    )
    try:
        await client.start_workflow(
            LATE_NOTIFICATION,
            notice,
            id=arrival.late_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            priority=account_priority(arrival.account),
            static_summary=summary(notice),
            rpc_timeout=RPC_TIMEOUT,
        )
        _logger.warning("kept %s: %s", arrival.late_id, reason)
    except WorkflowAlreadyStartedError:
        _logger.info("%s was kept before", arrival.late_id)
