"""Measures how long a quiet merchant account waits beside one that has fifty times as many payments.

The busy account has a slow gateway and always `BUSY` payments in progress, the quiet one has one at a time.
They share a worker that runs `CONCURRENCY` activities at once, so most tasks of the busy account wait in
Temporal's queue. The server serves both accounts in turn, or first come, first served.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, takewhile

import httpx

from holdfast import PaymentStatus
from holdfast.antom.account import GatewayAccount
from services.accounts.gateway_clients import GatewayClients
from services.worker.registration import register_search_attributes
from simulator.http.server import Simulator, running
from tools.demo.shop import GOOD_CARD, Shop
from tools.local_stack.folder import Folder
from tools.local_stack.ports import Ports
from tools.local_stack.stack import StackConfig, running_stack
from tools.local_stack.temporal_server import FAIRNESS
from tools.local_stack.waiting import until
from worker import build_worker, every_activity

BUSY = 50
CONCURRENCY = 5
RESPONSE_TIME = 1.0
"""Seconds that the busy account's gateway takes."""
TIMEOUT = 300.0
_POLL_INTERVAL = 0.05
_VALUE = "30000"


class MeasurementFailed(Exception):
    """A payment was not authorized; the message names it and its status."""


@dataclass(frozen=True)
class Setup:
    """One way to share the worker: with or without fairness, beside so many payments of the busy account."""

    name: str
    is_fair: bool
    busy: int


ALONE = Setup("alone", is_fair=True, busy=0)
IN_TURN = Setup("beside the busy one, in turn", is_fair=True, busy=BUSY)
FIRST_COME = Setup("beside the busy one, first come first served", is_fair=False, busy=BUSY)
SETUPS = (ALONE, IN_TURN, FIRST_COME)


@dataclass(frozen=True)
class WaitingTimes:
    """Seconds until each payment of the quiet account was authorized, and the violations in the ledger.

    `served_before` counts the pay calls of others that the gateway received between each order and its own
    call. It does not depend on the speed of the machine.
    """

    quiet: list[float]
    violations: list[str]
    served_before: list[int]


@dataclass(frozen=True)
class _Measurement:
    shop: Shop
    simulator: Simulator
    served_before: list[int] = field(default_factory=list)

    async def pay_quietly(self, reference: str) -> float:
        """Pays for the quiet account and counts the calls of others meanwhile; returns the seconds."""
        before = len(self.simulator.calls())
        seconds = await self.pay("quiet", reference)
        pays = [call for call in self.simulator.calls()[before:] if call["operation"] == "pay"]
        ours = next(number for number, call in enumerate(pays) if reference in str(call))
        self.served_before.append(ours)
        return seconds

    async def pay(self, account: str, reference: str) -> float:
        """Authorizes one payment; returns the seconds. Raises MeasurementFailed."""
        fields = {"merchantAccount": account, "captureMode": "MANUAL"}
        order = self.shop.order(reference, _VALUE, await self.shop.card(GOOD_CARD), **fields)
        started_at = time.monotonic()
        payment = await self.shop.payments.authorize(order)
        if payment.status is not PaymentStatus.AUTHORIZED:
            raise MeasurementFailed(f"{reference} is {payment.status}")
        return time.monotonic() - started_at

    async def keep_busy(self, numbers: "count[int]", done: asyncio.Event) -> None:
        """Makes payments of the busy account, one after the other."""
        for number in takewhile(lambda _: not done.is_set(), numbers):
            await self.pay("busy", f"busy-{number}")

    async def wait_until_saturated(self) -> None:
        """Waits until the worker has been fully used for a while."""
        await until(lambda: len(self.simulator.calls()) >= 2 * CONCURRENCY, every=_POLL_INTERVAL)

    def violations(self) -> list[str]:
        """Returns the orders that were authorized twice, by the gateway's ledger."""
        orders = self.simulator.ledger()["orders"]
        return [name for name, order in orders.items() if order["maxLiveAuthorizations"] not in (0, 1)]


async def measure(setup: Setup, payments: int, folder: Folder) -> WaitingTimes:
    """Makes so many payments of the quiet account. Raises MeasurementFailed, ProcessFailed, OSError."""
    async with asyncio.timeout(TIMEOUT), _measurement(setup, folder) as measurement:
        numbers, done = count(), asyncio.Event()
        async with asyncio.TaskGroup() as busy:
            for _ in range(setup.busy):
                busy.create_task(measurement.keep_busy(numbers, done))
            if setup.busy:
                await measurement.wait_until_saturated()
            quiet = [await measurement.pay_quietly(f"quiet-{number}") for number in range(payments)]
            done.set()
        return WaitingTimes(quiet, measurement.violations(), measurement.served_before)


@asynccontextmanager
async def _measurement(setup: Setup, folder: Folder) -> AsyncIterator[_Measurement]:
    """Runs Temporal as a process, and worker and simulator in this one, where their calls can be counted."""
    simulator = Simulator()
    simulator.inject_fault("notification", "none", times=-1)
    simulator.inject_fault("pay", "delay", match="busy-", seconds=RESPONSE_TIME, times=-1)
    fairness = {FAIRNESS: str(setup.is_fair).lower()}
    config = StackConfig(folder, Ports.free(), workers=0, has_simulator=False, temporal_config=fairness)
    async with AsyncExitStack() as cleanup:
        http = await cleanup.enter_async_context(httpx.AsyncClient(trust_env=False))
        stack = await cleanup.enter_async_context(running_stack(config, http))
        await register_search_attributes(stack.client)
        gateway_url = await cleanup.enter_async_context(running(simulator))
        keys = simulator.keys
        account = GatewayAccount(
            gateway_url, keys.client_id, keys.merchant_private_key, (keys.gateway_public_key,)
        )
        clients = await cleanup.enter_async_context(GatewayClients({"busy": account, "quiet": account}))
        activities = every_activity(
            stack.client, clients, "https://pay.example.com/notifications", stack.vault
        )
        worker = build_worker(stack.client, activities, activities_at_once=CONCURRENCY)
        await cleanup.enter_async_context(worker)
        yield _Measurement(Shop(stack.payments, "https://shop.example"), simulator)
