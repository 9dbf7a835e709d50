"""A complete Holdfast for scenario tests: Temporal, the worker, the webhook, and the gateway simulator."""

import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.update.v1 import UpdateRef
from temporalio.api.workflowservice.v1 import PollWorkflowExecutionUpdateRequest
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from holdfast import Payment, PaymentClient, PaymentOrder, PaymentStatus
from holdfast.antom.account import GatewayAccount
from holdfast.antom.client import DEFAULT_TIMEOUTS, Timeouts
from holdfast.antom.signing import sign
from holdfast.card_vault import CardData, CardVault, Keyring, SqliteCardVault
from holdfast.temporal.names import TASK_QUEUE, workflow_id
from services.accounts.gateway_clients import GatewayClients
from services.accounts.registry import AccountRegistry
from services.settings import Settings
from services.webhook.app import create_app
from simulator.http.server import Simulator, running, serving
from tests.support.leaks import marks, scanned
from tests.support.leaks.stored import decoded
from tests.support.time_skipping import TimeSkipping
from worker import build_worker, every_activity

VISA = marks.VISA
DECLINED_VISA = marks.DECLINED_VISA
NOTIFY_PATH = "/antom/notifications"
VAULT_KEY = "k1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
CODEC_KEY = scanned.CODEC_KEY

AGAIN = timedelta(seconds=16)
"""A little more than the pause between two inquiries about a request id that the gateway does not know."""

T = TypeVar("T")
Json = dict[str, Any]


class WorkerOf(Protocol):
    """Builds the worker of a world, as `build_worker` does."""

    def __call__(
        self,
        client: Client,
        activities: Sequence[Callable[..., object]],
        /,
        *,
        task_queue: str,
        grace: timedelta,
    ) -> Worker:
        """Returns the worker, which is not running yet."""


@dataclass
class World:
    """A running Holdfast with its gateway; each test uses a payment reference of its own."""

    env: TimeSkipping
    client: Client
    payments: PaymentClient
    simulator: Simulator
    vault: CardVault
    webhook_url: str
    activities: Sequence[Callable[..., object]]
    accounts: AccountRegistry
    scenarios: dict[str, str] = field(default_factory=dict)
    """The name of the scenario that each workflow id belongs to."""

    def reference(self, scenario: str) -> str:
        """Returns an unused reference that begins with the name of its scenario."""
        reference = f"{scenario}-{secrets.token_hex(4)}"
        self.scenarios[workflow_id(reference)] = scenario
        return reference

    def handle(self, reference: str) -> WorkflowHandle[Any, Payment]:
        """Returns the handle of the payment's workflow."""
        return self.client.get_workflow_handle(workflow_id(reference), result_type=Payment)

    async def order(self, reference: str, *, card: str | None = None, **fields: object) -> PaymentOrder:
        """Returns an order of EUR 300.00: server-to-server with `card`, else on the gateway's hosted page."""
        method: Json = {"paymentMethodType": "CARD", "paymentMethodMetaData": marks.cardholder()}
        if card is not None:
            method["cardReference"] = await self.payments.store_card(card_data(card))
        return PaymentOrder.model_validate({**order_fields(reference), "paymentMethod": method, **fields})

    async def authorize(self, reference: str, *, card: str | None = VISA, **fields: object) -> Payment:
        """Authorizes with time skipping disabled, so that the buyer and notifications can act in time."""
        with self.env.with_time_skipping_disabled():
            return await self.payments.authorize(await self.order(reference, card=card, **fields))

    def fault(self, reference: str, on: str, fault: str, **more: Any) -> None:
        """Injects a fault into the gateway, for this payment only."""
        self.simulator.inject_fault(on, fault, match=reference, **more)

    def hold(self, reference: str, on: str, fault: str) -> None:
        """Holds the next call of this payment, with `delay` or `act_and_delay`, until `release`."""
        self.fault(reference, on, fault, seconds=3600)

    def release(self, reference: str) -> None:
        """Lets the calls go on that are held for this payment."""
        self.simulator.end_delays(reference)

    async def buyer(self, reference: str, action: str, attempt: int = 1, code: str = "") -> Json:
        """Acts as the buyer on the gateway's page."""
        return await self.simulator.buyer_acts(f"{reference}-{attempt}", action, code)

    async def becomes(self, reference: str, *statuses: PaymentStatus, within: float = 60) -> Payment:
        """Waits until the payment has one of the statuses. Raises AssertionError for another final status."""
        payment = await self.payments.wait(reference, until=statuses, timeout=timedelta(seconds=within))
        assert payment.status in statuses, payment.events
        return payment

    async def has_status(self, reference: str, status: PaymentStatus) -> bool:
        """Whether the payment has this status now."""
        return (await self.payments.get(reference)).status is status

    async def skip(self, reference: str, duration: timedelta) -> bool:
        """Skips time for this payment only. Returns whether its workflow is still running."""
        try:
            return await self.env.fast_forward(self.handle(reference), duration)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False

    async def skip_until(self, reference: str, *statuses: PaymentStatus, step: timedelta) -> Payment:
        """Skips time in steps, a hundred at most, until the payment has one of the statuses.

        One long step is not enough where calls are in flight: waits that begin after it are in real time.
        """
        for _ in range(100):
            payment = await self.payments.get(reference)
            if payment.status in statuses:
                return payment
            await self.skip(reference, step)
        raise AssertionError(payment.events)

    async def answer(self, reference: str, call: Awaitable[T], step: timedelta = AGAIN) -> T:
        """Returns the result of a call while time is skipped in steps for its payment."""
        return await self.env.skip_until_done(self.handle(reference), call, step)

    async def has_begun(self, reference: str) -> bool:
        """Whether Temporal has the workflow of the payment, also before a worker has started it."""
        try:
            await self.handle(reference).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return True

    async def is_handled(self, reference: str, event: str) -> bool:
        """Whether the workflow has completed a task since the last event with this name."""
        events = await self.events(reference)
        return event in events and "WORKFLOW_TASK_COMPLETED" in events[_last_index(events, event) :]

    async def has_event(self, reference: str, event: str) -> bool:
        """Whether the history has an event with this name."""
        return event in await self.events(reference)

    async def has_update(self, reference: str, update_id: str) -> bool:
        """Whether the server has the update, also before a worker has accepted it."""
        execution = WorkflowExecution(workflow_id=workflow_id(reference))
        try:
            await self.client.workflow_service.poll_workflow_execution_update(
                PollWorkflowExecutionUpdateRequest(
                    namespace=self.client.namespace,
                    update_ref=UpdateRef(workflow_execution=execution, update_id=update_id),
                )
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return True

    async def notify(self, reference: str, body: bytes) -> int:
        """Sends the webhook a notification with the gateway's signature. Returns the status of the answer."""
        path, now = f"{NOTIFY_PATH}/default/{reference}", str(int(time.time() * 1000))
        keys = self.simulator.keys
        signature = sign(
            method="POST",
            path=path,
            client_id=keys.client_id,
            time=now,
            body=body,
            private_key=keys.gateway_private_key,
        )
        headers = {"client-id": keys.client_id, "request-time": now, "signature": signature}
        async with httpx.AsyncClient(trust_env=False) as http:
            return (await http.post(self.webhook_url + path, content=body, headers=headers)).status_code

    async def notify_success(self, reference: str, attempt: int = 1, **fields: object) -> None:
        """Sends a PAYMENT_RESULT of success with the gateway's signature."""
        request_id = f"{reference}-{attempt}"
        content: Json = {
            "notifyType": "PAYMENT_RESULT",
            "result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"},
            "paymentRequestId": request_id,
            "paymentId": self.simulator.ledger()["payments"][request_id]["paymentId"],
            "paymentAmount": {"currency": "EUR", "value": "30000"},
            "paymentCreateTime": "2026-11-23T10:00:00+08:00",
            "nonce": secrets.token_hex(8),
            **fields,
        }
        assert await self.notify(reference, json.dumps(content).encode()) == 200

    def ledger(self, reference: str) -> Json:
        """Returns the order in the gateway's ledger; empty where it has none."""
        orders: dict[str, Json] = self.simulator.ledger()["orders"]
        return orders.get(reference, {})

    def calls(self, reference: str, operation: str) -> list[Json]:
        """Returns the gateway calls of this payment."""
        return [
            call
            for call in self.simulator.calls()
            if call["operation"] == operation and reference in str(call)
        ]

    async def in_clear(self, history: WorkflowHistory) -> bytes:
        """Returns the decrypted content of a history for a search; its JSON has payloads in base64."""
        codec = self.client.data_converter.payload_codec
        return b"".join([await decoded(event, codec) for event in history.events])

    async def events(self, reference: str) -> list[str]:
        """Returns the names of the events in the history."""
        history = await self.handle(reference).fetch_history()
        return [EventType.Name(e.event_type).removeprefix("EVENT_TYPE_") for e in history.events]


def _last_index(events: Sequence[str], event: str) -> int:
    return max(index for index, name in enumerate(events) if name == event)


def order_fields(reference: str) -> Json:
    """Returns a valid order as JSON, with marked personal data and without a payment method."""
    amount = {"currency": "EUR", "value": "30000"}
    return {
        "paymentReference": reference,
        "order": {
            "referenceOrderId": reference,
            "orderDescription": "Two cups",
            "orderAmount": amount,
            "buyer": marks.buyer(),
            "shipping": marks.shipping(),
        },
        "paymentAmount": amount,
        "env": marks.env(),
        "settlementStrategy": {"settlementCurrency": "EUR"},
        "paymentRedirectUrl": "https://shop.example/back",
        "captureMode": "MANUAL",
    }


def card_data(number: str) -> CardData:
    """Returns the data of a card with this number."""
    return CardData(cardNo=number, cvv=marks.CVV, expiryMonth=marks.MONTH, expiryYear=marks.YEAR)


@asynccontextmanager
async def running_world(
    env: TimeSkipping,
    folder: Path,
    *,
    client: Client | None = None,
    task_queue: str = TASK_QUEUE,
    authorization: timedelta = timedelta(days=7),
    shops: Sequence[str] = (),
    answer_within: timedelta = timedelta(seconds=60),
    worker_of: WorkerOf = build_worker,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
) -> AsyncIterator[World]:
    """Runs simulator, webhook and worker on one Temporal server, by default with the server's own client.

    `shops` are further merchant accounts at the simulator. Equal answers have different times, because
    minutes of skipped time pass within a second.
    """
    client = client or env.client
    async with AsyncExitStack() as stack:
        simulator = Simulator(time_scale=20, authorization=authorization, distinct_answers=True)
        gateway_url = await stack.enter_async_context(running(simulator))
        settings = Settings(
            antom_gateway_url=gateway_url,
            antom_client_id=simulator.keys.client_id,
            antom_merchant_private_key=simulator.keys.merchant_private_key,
            antom_public_key=simulator.keys.gateway_public_key,
            holdfast_notify_url=f"http://127.0.0.1{NOTIFY_PATH}",
            holdfast_notify_tolerance=31 * 86_400,
            holdfast_accounts=_accounts_file(simulator, shops, folder),
        )
        accounts = AccountRegistry(settings.accounts)
        webhook_url = await stack.enter_async_context(
            serving(create_app(settings, client, accounts=accounts))
        )
        vault = SqliteCardVault(folder / "vault.db", Keyring.parse(VAULT_KEY, "KEYS"))
        clients = await stack.enter_async_context(GatewayClients(accounts, timeouts))
        activities = every_activity(client, clients, webhook_url + NOTIFY_PATH, vault)
        worker = worker_of(client, activities, task_queue=task_queue, grace=timedelta(0))
        await stack.enter_async_context(worker)
        payments = PaymentClient(client, vault=vault, answer_within=answer_within, task_queue=task_queue)
        yield World(env, client, payments, simulator, vault, webhook_url, activities, accounts)


def _accounts_file(simulator: Simulator, shops: Sequence[str], folder: Path) -> Path:
    """Writes a file of further accounts, with the keys of the default one. Returns its path."""
    (folder / "merchant.key").write_text(simulator.keys.merchant_private_key)
    (folder / "gateway.pub").write_text(simulator.keys.gateway_public_key)
    tables = (
        f'[accounts.{shop}]\ngateway_url = "{simulator.base_url}"\nclient_id = "{simulator.keys.client_id}"\n'
        'merchant_private_key_file = "merchant.key"\ngateway_public_key_file = "gateway.pub"\n'
        for shop in shops
    )
    file = folder / "accounts.toml"
    file.write_text("".join(tables) or "[accounts]\n")
    return file


def account_of(simulator: Simulator) -> GatewayAccount:
    """Returns the merchant's account at the simulator."""
    return GatewayAccount(
        gateway_url=simulator.base_url,
        client_id=simulator.keys.client_id,
        merchant_private_key=simulator.keys.merchant_private_key,
        gateway_public_keys=(simulator.keys.gateway_public_key,),
    )
