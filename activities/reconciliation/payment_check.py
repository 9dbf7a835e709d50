"""One look at one payment: what Holdfast believes, what the gateway says, and whether they agree."""

from collections.abc import Mapping
from datetime import UTC, datetime

from temporalio.client import Client

from activities.errors import TRAFFIC_LIMIT
from activities.reconciliation.calls import Finding, Look
from activities.reconciliation.payment_state import Belief, believed
from activities.reconciliation.rate_limiter import RateLimiter
from holdfast.antom.client import AntomClient
from holdfast.antom.models import InquiryPaymentRequest
from holdfast.antom.outcome import Happened, Unknown
from holdfast.temporal.names import reference_in
from settlement.comparison import IN_MOTION, differences, next_request_id
from settlement.gateway_record import GatewayRecord
from settlement.translation import from_inquiry

_TRIES = 3
"""Of one inquiry, before the question is left for a later look."""


class Looker:
    """Looks at the payments of one merchant account, at the pacer's pace."""

    def __init__(
        self, temporal: Client, clients: Mapping[str, AntomClient], merchant_account: str, pacer: RateLimiter
    ) -> None:
        self._temporal = temporal
        self._clients = clients
        self._merchant_account = merchant_account
        self._pacer = pacer

    async def look(self, workflow_id: str) -> Look:
        """Read, ask, and read again: a payment that changed in between proves nothing."""
        before = await believed(self._temporal, workflow_id)
        if before is None:
            return self._seen(workflow_id, Belief(), Finding.NOT_ANSWERED)
        records = await self._asked(workflow_id, before)
        if records is None:
            return self._seen(workflow_id, before, Finding.NOT_ANSWERED)
        after = await believed(self._temporal, workflow_id) if before.is_running else before
        if after is None:
            return self._seen(workflow_id, before, Finding.NOT_ANSWERED)
        return self._compared(workflow_id, records, after, has_changed=after != before)

    def _compared(
        self, workflow_id: str, records: list[GatewayRecord], belief: Belief, *, has_changed: bool
    ) -> Look:
        payment = belief.payment
        found = differences(payment, records, is_stopped=belief.is_stopped)
        is_moving = belief.is_running and payment is not None and payment.status in IN_MOTION
        if has_changed or (found and is_moving):
            finding = Finding.IN_MOTION
        else:
            finding = Finding.DIFFERENT if found else Finding.AGREED
        return self._seen(workflow_id, belief, finding).model_copy(update={"differences": found})

    def _seen(self, workflow_id: str, belief: Belief, finding: Finding) -> Look:
        return Look(
            workflowId=workflow_id,
            paymentReference=_reference(workflow_id, belief),
            finding=finding,
            status=belief.payment.status if belief.payment else None,
            isRunning=belief.is_running,
        )

    async def _asked(self, workflow_id: str, belief: Belief) -> list[GatewayRecord] | None:
        """The gateway's record of every attempt; None when one of them was not answered."""
        payment, records = belief.payment, list[GatewayRecord]()
        account = payment.merchantAccount if payment else self._merchant_account
        reference = _reference(workflow_id, belief)
        while (request_id := next_request_id(payment, reference, records)) is not None:
            client = self._clients.get(account)
            record = await self._ask(client, request_id) if client else None
            if record is None:
                return None
            records.append(record)
        return records

    async def _ask(self, client: AntomClient, request_id: str) -> GatewayRecord | None:
        for _ in range(_TRIES):
            await self._pacer.turn()
            outcome = await client.inquire_payment(InquiryPaymentRequest(paymentRequestId=request_id))
            if isinstance(outcome, Happened):
                record = from_inquiry(outcome.answer, request_id, datetime.now(UTC))
                if record.is_answered:
                    return record
            elif isinstance(outcome, Unknown) and outcome.claimed == TRAFFIC_LIMIT:
                self._pacer.slow_down()
        return None


def _reference(workflow_id: str, belief: Belief) -> str:
    return belief.payment.paymentReference if belief.payment else reference_in(workflow_id) or workflow_id
