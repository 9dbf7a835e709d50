"""Holdfast as separate processes, as in production, with a merchant in the test's own process."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from holdfast import Payment, PaymentClient, PaymentStatus
from holdfast.card_vault import CardData
from holdfast.temporal.names import workflow_id
from tools.local_stack.folder import Folder, prepared
from tools.local_stack.ledger_client import LedgerClient
from tools.local_stack.ports import Ports
from tools.local_stack.processes import Process
from tools.local_stack.stack import (
    SIMULATOR,
    TEMPORAL,
    LocalStack,
    Program,
    StackConfig,
    python_file,
    running_stack,
)
from tools.local_stack.temporal_server import TASK_TIMEOUT

VISA = "4054695723100768"
DECLINED = "4054692760174822"
WAIT = timedelta(seconds=60)
TIME_SCALE = 120
"""With this factor the gateway repeats a notification after one second, then after five."""
TEMPORAL_CONFIG = {
    "history.transferProcessorMaxPollRPS": "1000",
    "history.timerProcessorMaxPollRPS": "1000",
}

Json = dict[str, Any]


@dataclass(frozen=True)
class SystemUnderTest:
    """The processes, and what a test does with them."""

    stack: LocalStack

    @property
    def temporal(self) -> Process:
        """The Temporal server."""
        return self.stack.processes[TEMPORAL]

    @property
    def worker(self) -> Process:
        """The only worker."""
        return self.stack.workers[0]

    @property
    def webhook(self) -> Process:
        """The only webhook."""
        return self.stack.webhooks[0]

    @property
    def processes(self) -> tuple[Process, ...]:
        """All processes, in the order of their start."""
        return self.temporal, self.stack.processes[SIMULATOR], self.worker, self.webhook

    @property
    def gateway(self) -> LedgerClient:
        """The gateway's own record of calls and money."""
        return self.stack.gateway

    @property
    def client(self) -> Client:
        """A Temporal client."""
        return self.stack.client

    @property
    def payments(self) -> PaymentClient:
        """The merchant's client."""
        return self.stack.payments

    def reference(self, name: str) -> str:
        """Returns a new payment reference that begins with a name."""
        return f"{name}-{secrets.token_hex(4)}"

    async def store_card(self, number: str = VISA) -> str:
        """Returns a card reference that is good for one pay call."""
        return await self.payments.store_card(
            CardData(cardNo=number, cvv="123", expiryMonth="12", expiryYear="39")
        )

    async def authorize(self, reference: str, card_reference: str | None = None, **fields: object) -> Payment:
        """Authorizes EUR 300.00: server-to-server, or without a card on the gateway's page."""
        return await self.payments.authorize({**order(reference, card_reference), **fields})

    async def becomes(self, reference: str, status: PaymentStatus) -> Payment:
        """Returns the payment once it has this status; another final status is an AssertionError."""
        payment = await self.payments.wait(reference, until=[status], timeout=WAIT)
        assert payment.status is status
        return payment

    def handle(self, reference: str) -> WorkflowHandle[Any, Payment]:
        """Returns the handle of the payment's workflow."""
        return self.client.get_workflow_handle(workflow_id(reference), result_type=Payment)

    async def history_length(self, reference: str) -> int:
        """Returns the number of events of the payment's history; this needs no worker."""
        return (await self._described(reference))[0]

    async def has_ended(self, reference: str) -> bool:
        """Whether the payment's workflow has ended."""
        return (await self._described(reference))[1]

    async def _described(self, reference: str) -> tuple[int, bool]:
        try:
            about = await self.handle(reference).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return 0, False
        return about.history_length, about.status is not WorkflowExecutionStatus.RUNNING

    async def events(self, reference: str) -> list[str]:
        """Returns the types of the events of the payment's history."""
        history = await self.handle(reference).fetch_history()
        return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]

    async def result(self, reference: str) -> Payment:
        """Returns the result of the payment's workflow."""
        return await asyncio.wait_for(self.handle(reference).result(), WAIT.total_seconds())

    async def assert_captured_once(self, reference: str) -> None:
        """Asserts that the money was authorized once and captured once in full, and nothing else."""
        final = await self.result(reference)
        assert final.status is PaymentStatus.CAPTURED
        assert final.review is None
        assert len(await self.gateway.attempts(reference)) == 1
        order = await self.gateway.order(reference)
        assert order.maxLiveAuthorizations == 1
        assert order.capturedAmount == 30000
        assert [capture.status for capture in order.captures] == ["SUCCESS"]

    async def assert_declined(self, reference: str) -> None:
        """Asserts that no money was ever held."""
        assert (await self.result(reference)).status is PaymentStatus.FAILED
        [attempt] = await self.gateway.attempts(reference)
        assert attempt.status == "FAIL"
        assert (await self.gateway.order(reference)).maxLiveAuthorizations == 0

    async def describe_failure(self, reference: str) -> str:
        """Returns the payment's history and the end of the worker's log, for the note of a failed test."""
        lines = [f"{number:3} {event}" for number, event in enumerate(await self.events(reference), 1)]
        return "\n".join([f"history of {reference}:", *lines, "worker:", self.worker.output[-3000:]])


def order(reference: str, card_reference: str | None) -> Json:
    """Returns a valid order."""
    amount = {"currency": "EUR", "value": "30000"}
    return {
        "paymentReference": reference,
        "order": {"referenceOrderId": reference, "orderDescription": "Two cups", "orderAmount": amount},
        "paymentAmount": amount,
        "paymentMethod": {"paymentMethodType": "CARD", "cardReference": card_reference},
        "env": {"terminalType": "WEB", "clientIp": "192.0.2.7"},
        "settlementStrategy": {"settlementCurrency": "EUR"},
        "paymentRedirectUrl": "https://shop.example/back",
        "captureMode": "MANUAL",
    }


def stack_config(
    folder: Folder,
    *,
    task_timeout: timedelta = timedelta(seconds=2),
    answer_within: timedelta = timedelta(seconds=10),
    environment: Mapping[str, str] | None = None,
    is_encrypted: bool = False,
    program: Program = python_file,
) -> StackConfig:
    """Returns one worker and one webhook; `task_timeout` limits a workflow task of a dead worker."""
    ports = Ports.free()
    return StackConfig(
        folder,
        ports,
        webhook_ports=(ports.webhook,),
        has_codec_server=is_encrypted,
        is_encrypted=is_encrypted,
        environment=environment or {},
        time_scale=TIME_SCALE,
        temporal_config={**TEMPORAL_CONFIG, TASK_TIMEOUT: f'"{task_timeout.total_seconds():.0f}s"'},
        answer_within=answer_within,
        program=program,
    )


@asynccontextmanager
async def running_system(path: Path) -> AsyncIterator[SystemUnderTest]:
    """Yields the running processes; none is left at the end of the block."""
    with prepared(path) as (folder, _):
        async with (
            httpx.AsyncClient(trust_env=False) as http,
            running_stack(stack_config(folder), http) as stack,
        ):
            yield SystemUnderTest(stack)
