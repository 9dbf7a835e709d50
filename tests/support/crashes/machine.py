"""A machine on which Holdfast runs as it does in production: each part a process of its own."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from holdfast import Payment, PaymentClient, PaymentStatus
from holdfast.card_vault import CardData, CardVault
from holdfast.temporal.names import workflow_id
from tests.support.crashes.gateway import Gateway
from tests.support.crashes.process import Process

VISA = "4054695723100768"
DECLINED = "4054692760174822"
WAIT = timedelta(seconds=60)

Json = dict[str, Any]


@dataclass
class Machine:
    """The processes, a merchant's client in this process, and the judge."""

    temporal: Process
    simulator: Process
    worker: Process
    webhook: Process
    gateway: Gateway
    webhook_url: str
    client: Client
    vault: CardVault
    payments: PaymentClient

    @property
    def processes(self) -> tuple[Process, ...]:
        """In the order in which they start."""
        return self.temporal, self.simulator, self.worker, self.webhook

    async def repair(self) -> None:
        """Start whatever is dead, thaw whatever is frozen."""
        for process in self.processes:
            await process.start()

    def reference(self, story: str) -> str:
        """A payment reference nobody has used, which tells the story."""
        return f"{story}-{secrets.token_hex(4)}"

    async def store_card(self, number: str = VISA) -> str:
        """A card reference, good for one pay call."""
        return await self.payments.store_card(
            CardData(cardNo=number, cvv="123", expiryMonth="12", expiryYear="39")
        )

    async def authorize(self, reference: str, card_reference: str | None = None, **fields: object) -> Payment:
        """Authorize EUR 300.00: server-to-server, or without a card on the gateway's page."""
        return await self.payments.authorize({**order(reference, card_reference), **fields})

    async def becomes(self, reference: str, status: PaymentStatus) -> Payment:
        """The payment, once it has this status or is final."""
        payment = await self.payments.wait(reference, until=[status], timeout=WAIT)
        assert payment.status is status
        return payment

    def handle(self, reference: str) -> WorkflowHandle[Any, Payment]:
        """The payment's workflow."""
        return self.client.get_workflow_handle(workflow_id(reference), result_type=Payment)

    async def history_length(self, reference: str) -> int:
        """How many events the payment's history has; no worker is needed for the answer."""
        return (await self._described(reference))[0]

    async def has_ended(self, reference: str) -> bool:
        """Whether the payment's workflow is over."""
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
        """The types of the events of the payment's history."""
        history = await self.handle(reference).fetch_history()
        return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]

    async def result(self, reference: str) -> Payment:
        """What the payment's workflow ended with."""
        return await asyncio.wait_for(self.handle(reference).result(), WAIT.total_seconds())

    async def assert_captured_once(self, reference: str) -> None:
        """Nothing happened to the money but one authorization and one capture of everything."""
        final = await self.result(reference)
        assert final.status is PaymentStatus.CAPTURED
        assert final.review is None
        assert len(await self.gateway.payments(reference)) == 1
        money = await self.gateway.order(reference)
        assert money["maxLiveAuthorizations"] == 1
        assert money["capturedAmount"] == 30000
        assert [capture["status"] for capture in money["captures"]] == ["SUCCESS"]

    async def assert_declined(self, reference: str) -> None:
        """No money was ever held."""
        assert (await self.result(reference)).status is PaymentStatus.FAILED
        [payment] = await self.gateway.payments(reference)
        assert payment["status"] == "FAIL"
        assert (await self.gateway.order(reference))["maxLiveAuthorizations"] == 0

    async def story_of(self, reference: str) -> str:
        """For whoever has to find out why a test failed."""
        lines = [f"{number:3} {event}" for number, event in enumerate(await self.events(reference), 1)]
        return "\n".join([f"history of {reference}:", *lines, "worker:", self.worker.said[-3000:]])


def order(reference: str, card_reference: str | None) -> Json:
    """A valid order."""
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
