"""How long a quiet merchant account waits beside one that has fifty times as much to do.

The busy one has a slow gateway and always `BUSY` payments under way, the quiet one has one at a time. They
share a worker that does `PLACES` things at once, so most of what the busy one wants waits in Temporal's
queue: taken in turn with the quiet one's, or first come, first served.
"""

import asyncio
import base64
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, takewhile

from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig

from holdfast import PaymentClient, PaymentStatus
from holdfast.antom.account import GatewayAccount
from holdfast.card_vault import Keyring, open_vault
from services.accounts.gateway_clients import GatewayClients
from services.worker.registration import register_search_attributes
from simulator.http.server import Simulator, running
from tools.demo.folder import Folder
from tools.demo.shop import GOOD_CARD, Shop
from tools.local_stack import temporal_server
from tools.local_stack.ports import NAMES, Ports, free_ports
from tools.local_stack.processes import Children
from tools.local_stack.waiting import until
from worker import build_worker, every_activity

BUSY = 50
PLACES = 5
ANSWER_AFTER = 1.0
"""Seconds that the busy account's gateway takes."""
WITHIN = 300.0
_LOOK_EVERY = 0.05
_VALUE = "30000"


class MeasurementFailed(Exception):
    """A payment did not become what it must; says which, and why."""


@dataclass(frozen=True)
class Way:
    """One way to share the worker: with a server that is fair or not, beside so many busy payments."""

    name: str
    is_fair: bool
    busy: int


ALONE = Way("alone", is_fair=True, busy=0)
IN_TURN = Way("beside the busy one, in turn", is_fair=True, busy=BUSY)
FIRST_COME = Way("beside the busy one, first come first served", is_fair=False, busy=BUSY)
WAYS = (ALONE, IN_TURN, FIRST_COME)


@dataclass(frozen=True)
class Waits:
    """Seconds until each payment of the quiet account was authorized, and what the ledger says against it.

    `served_before`: pay calls of others that the gateway was sent between each wish to pay and its own call.
    It is the same on a machine that stands still for a while.
    """

    quiet: list[float]
    violations: list[str]
    served_before: list[int]


@dataclass(frozen=True)
class _Bench:
    shop: Shop
    simulator: Simulator
    served_before: list[int] = field(default_factory=list)

    async def pay_quietly(self, reference: str) -> float:
        """As `pay`, for the quiet account; notes who was served meanwhile."""
        before = len(self.simulator.calls())
        seconds = await self.pay("quiet", reference)
        pays = [call for call in self.simulator.calls()[before:] if call["operation"] == "pay"]
        ours = next(number for number, call in enumerate(pays) if reference in str(call))
        self.served_before.append(ours)
        return seconds

    async def pay(self, account: str, reference: str) -> float:
        """Authorize; seconds it took. Raises MeasurementFailed."""
        fields = {"merchantAccount": account, "captureMode": "MANUAL"}
        order = self.shop.order(reference, _VALUE, await self.shop.card(GOOD_CARD), **fields)
        began_at = time.monotonic()
        payment = await self.shop.payments.authorize(order)
        if payment.status is not PaymentStatus.AUTHORIZED:
            raise MeasurementFailed(f"{reference} is {payment.status}")
        return time.monotonic() - began_at

    async def keep_busy(self, numbers: "count[int]", over: asyncio.Event) -> None:
        """One payment after the other."""
        for number in takewhile(lambda _: not over.is_set(), numbers):
            await self.pay("busy", f"busy-{number}")

    async def is_crowded(self) -> None:
        """Wait until the worker has had its hands full for a while."""
        await until(lambda: len(self.simulator.calls()) >= 2 * PLACES, every=_LOOK_EVERY)

    def violations(self) -> list[str]:
        """Orders that were authorized twice, by the gateway's ledger."""
        orders = self.simulator.ledger()["orders"]
        return [name for name, order in orders.items() if order["maxLiveAuthorizations"] not in (0, 1)]


async def measured(way: Way, payments: int, folder: Folder) -> Waits:
    """Let the quiet account make so many payments. Raises MeasurementFailed, ChildFailed, OSError."""
    with Children() as children:
        async with asyncio.timeout(WITHIN), _opened(way, folder, children) as bench:
            numbers, over = count(), asyncio.Event()
            async with asyncio.TaskGroup() as crowd:
                for _ in range(way.busy):
                    crowd.create_task(bench.keep_busy(numbers, over))
                if way.busy:
                    await bench.is_crowded()
                quiet = [await bench.pay_quietly(f"quiet-{number}") for number in range(payments)]
                over.set()
            return Waits(quiet, bench.violations(), bench.served_before)


@asynccontextmanager
async def _opened(way: Way, folder: Folder, children: Children) -> AsyncIterator[_Bench]:
    client = await _temporal(way, folder, children)
    simulator = Simulator()
    simulator.inject_fault("notification", "none", times=-1)
    simulator.inject_fault("pay", "delay", match="busy-", seconds=ANSWER_AFTER, times=-1)
    vault_keys = f"bench:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    vault = open_vault(f"sqlite:///{folder.cards}", Keyring.parse(vault_keys, "HOLDFAST_CARD_VAULT_KEYS"))
    async with AsyncExitStack() as stack:
        gateway_url = await stack.enter_async_context(running(simulator))
        keys = simulator.keys
        account = GatewayAccount(
            gateway_url, keys.client_id, keys.merchant_private_key, (keys.gateway_public_key,)
        )
        clients = await stack.enter_async_context(GatewayClients({"busy": account, "quiet": account}))
        activities = every_activity(client, clients, "https://pay.example.com/notifications", vault)
        await stack.enter_async_context(build_worker(client, activities, activities_at_once=PLACES))
        yield _Bench(Shop(PaymentClient(client, vault=vault), "https://shop.example"), simulator)


async def _temporal(way: Way, folder: Folder, children: Children) -> Client:
    ports = Ports(*free_ports(len(NAMES)))
    command = temporal_server.command(ports, folder.database, is_fair=way.is_fair)
    server = children.start("temporal", command, {"HOME": str(folder.path)}, folder.log("temporal"))
    # an overloaded server is what is measured: it need not be told line by line
    quiet = Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter="error")))
    client = await temporal_server.connected(server, ports, runtime=quiet)
    await register_search_attributes(client)
    return client
