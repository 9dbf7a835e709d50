"""The open payments as Temporal lists them, beside the gateway's ledger, without the help of a worker."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import httpx
from temporalio.client import Client
from temporalio.service import RPCError

from holdfast import HoldfastError, PaymentClient
from holdfast.temporal import names
from holdfast.temporal.search_attributes import PAYMENT_STATUS
from tools.local_stack.ledger import OrderSummary
from tools.local_stack.ledger_client import LedgerClient

OPEN = f'WorkflowType = "{names.CARD_PAYMENT}" AND ExecutionStatus = "Running"'
READ_EVERY = 0.5
"""Seconds."""
RPC_TIMEOUT = timedelta(seconds=2)


@dataclass(frozen=True)
class ObservedPayment:
    """One payment at one time: its status in Temporal, and the gateway's record of its money."""

    status: str
    order: OrderSummary


Observed = Mapping[str, ObservedPayment]
"""Observed payments by their reference."""


class OpenPayments:
    """Reads the open payments again and again: `latest` is what they were before a process ended."""

    def __init__(self, client: Client, payments: PaymentClient, gateway: LedgerClient) -> None:
        self._client = client
        self._payments = payments
        self._gateway = gateway
        self.latest: Observed = {}

    async def keep_reading(self) -> None:
        """Keeps `latest` current; leaves it unchanged while Temporal or the gateway does not answer."""
        while True:
            with suppress(RPCError, httpx.HTTPError):
                self.latest = await self._listed()
            await asyncio.sleep(READ_EVERY)

    async def read_again(self, references: Mapping[str, object]) -> Observed:
        """Returns these payments as they are now, ended or not. Raises httpx.HTTPError."""
        ledger = await self._gateway.ledger()
        return {each: ObservedPayment(await self._status(each), ledger.summary(each)) for each in references}

    async def _listed(self) -> Observed:
        statuses: dict[str, str] = {}
        async for found in self._client.list_workflows(OPEN, rpc_timeout=RPC_TIMEOUT):
            if reference := names.reference_from_workflow_id(found.id):
                statuses[reference] = found.typed_search_attributes.get(PAYMENT_STATUS) or "AUTHORIZING"
        ledger = await self._gateway.ledger()
        return {each: ObservedPayment(status, ledger.summary(each)) for each, status in statuses.items()}

    async def _status(self, reference: str) -> str:
        try:
            return str((await self._payments.get(reference)).status)
        except HoldfastError:
            return "not readable"
