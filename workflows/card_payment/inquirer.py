"""Inquiries of one payment: one of its own for each decision, shared ones for concurrent refreshes."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

from holdfast.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.payment_state import PaymentState

_FRESH = timedelta(seconds=1)
_MOST_IN_FLIGHT = 10
"""So many updates a server takes in flight for one workflow; a client that is turned away comes back."""
_FRESH_FOR_MANY = timedelta(seconds=3)


class Inquirer:
    """Inquires and settles. The result is None when the gateway could not be asked."""

    def __init__(self, state: PaymentState) -> None:
        self._state = state
        self._shared: asyncio.Task[GatewayRecord | None] | None = None
        self._answered_at: datetime | None = None
        self._refreshes = 0

    async def ask(self, payment_request_id: str | None = None) -> GatewayRecord | None:
        """Inquire now about an attempt, or about the current one; the record is settled."""
        record = await gateway.inquire(self._state.inquiry(payment_request_id))
        self._state.apply_inquiry(record)
        return record

    async def verdict(self, payment_request_id: str | None = None) -> Verdict | None:
        """What an inquiry now says about the payment itself; None without an answer."""
        record = await self.ask(payment_request_id)
        return record.verdict if record else None

    async def accept_external_captures(self) -> None:
        """Inquire and count the captures that this payment did not request; nothing else is settled."""
        self._state.accept_external_captures(await gateway.inquire(self._state.inquiry()))

    async def refresh(self) -> None:
        """Coalesce concurrent refreshes into one inquiry, those included that the server turned away."""
        if self._is_answer_fresh():
            self._refreshes += 1
            return
        if self._shared is None:
            self._refreshes = 0
            self._shared = asyncio.create_task(self._ask_shared())
        self._refreshes += 1
        await asyncio.shield(self._shared)

    def _is_answer_fresh(self) -> bool:
        if self._answered_at is None:
            return False
        window = _FRESH_FOR_MANY if self._refreshes >= _MOST_IN_FLIGHT else _FRESH
        return workflow.now() - self._answered_at < window

    async def _ask_shared(self) -> GatewayRecord | None:
        try:
            record = await self.ask()
            self._answered_at = workflow.now() if record else None
            return record
        finally:
            self._shared = None
