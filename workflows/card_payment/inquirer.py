"""Inquiries of one payment: a separate one for each decision, and a shared one for concurrent refreshes."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.payment_state import PaymentState

_FRESH = timedelta(seconds=1)
"""How long a refresh is answered without another inquiry."""
_MAX_UPDATES_IN_FLIGHT = 10
"""How many updates of one workflow a server accepts in flight; a client whose update it rejects retries."""
_FRESH_FOR_MANY = timedelta(seconds=3)
"""How long an answer is fresh after a rejection, for the clients that retry."""


class Inquirer:
    """Inquires and settles the answers."""

    def __init__(self, state: PaymentState) -> None:
        self._state = state
        self._shared: asyncio.Task[GatewayRecord | None] | None = None
        self._answered_at: datetime | None = None
        self._refreshes = 0

    @property
    def is_idle(self) -> bool:
        """Whether no shared inquiry is in progress."""
        return self._shared is None

    async def inquire(self, payment_request_id: str | None = None) -> GatewayRecord | None:
        """Inquires about an attempt, or about the current one, and settles the record.

        Returns None where the inquiry has no answer.
        """
        record = await gateway.inquire(self._state.inquiry(payment_request_id))
        self._state.apply_inquiry(record)
        return record

    async def verdict(self, payment_request_id: str | None = None) -> Verdict | None:
        """Inquires, and returns the verdict about the payment itself; None where there is no answer."""
        record = await self.inquire(payment_request_id)
        return record.verdict if record else None

    async def accept_external_captures(self) -> None:
        """Inquires and accepts the captures that this payment did not request. Nothing else is settled."""
        self._state.accept_external_captures(await gateway.inquire(self._state.inquiry()))

    async def refresh(self) -> None:
        """Coalesces concurrent refreshes into one inquiry, including those that the server rejected."""
        if self._is_answer_fresh():
            self._refreshes += 1
            return
        if self._shared is None:
            self._refreshes = 0
            self._shared = asyncio.create_task(self._inquire_shared())
        self._refreshes += 1
        await asyncio.shield(self._shared)

    def _is_answer_fresh(self) -> bool:
        if self._answered_at is None:
            return False
        window = _FRESH_FOR_MANY if self._refreshes >= _MAX_UPDATES_IN_FLIGHT else _FRESH
        return workflow.now() - self._answered_at < window

    async def _inquire_shared(self) -> GatewayRecord | None:
        try:
            record = await self.inquire()
            self._answered_at = workflow.now() if record else None
            return record
        finally:
            self._shared = None
