"""One round: a pay call is at the gateway, and the worker that waits for the response gets `kill -9`.

A round measures how long it takes until another worker's call under the same `paymentRequestId` reaches the
gateway, and until the merchant has the payment as AUTHORIZED. There is no notification.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from holdfast import PaymentStatus
from holdfast.temporal.names import workflow_id
from tools.demo.shop import GOOD_CARD, Shop
from tools.local_stack.ledger import Call, OrderSummary
from tools.local_stack.processes import Process
from tools.local_stack.stack import LocalStack
from tools.local_stack.waiting import until

RESPONSE_TIME = 15
"""Seconds that the gateway takes for the first call, whose response no worker reads."""
FAULTS = ("delay", "act_and_delay")
"""In turn, the gateway authorizes at the end of these seconds or at their beginning."""
TIMEOUT = 90.0
_POLL_INTERVAL = 0.01
_VALUE = "30000"


class RoundFailed(Exception):
    """A round did not end as it must; the message names the payment and the reason."""


@dataclass(frozen=True)
class Recovery:
    """Seconds from the kill to the second pay call at the gateway, and to the merchant's response."""

    called: float
    authorized: float


class Bench:
    """The payments of all rounds on a stack with two workers."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._shop = Shop(stack.payments, "https://shop.example")
        self._prefix = f"bench-{secrets.token_hex(3)}"
        self._references: list[str] = []

    async def round(self, pause: float) -> Recovery:
        """Kills the worker so many seconds after the call; both workers run before and after the round.

        Raises RoundFailed.
        """
        reference = f"{self._prefix}-{len(self._references):04}"
        fault = FAULTS[len(self._references) % len(FAULTS)]
        self._references.append(reference)
        try:
            async with asyncio.timeout(TIMEOUT):
                return await self._measured(reference, fault, pause)
        except TimeoutError:
            raise RoundFailed(f"{reference} was not authorized within {TIMEOUT:.0f} s") from None

    async def _measured(self, reference: str, fault: str, pause: float) -> Recovery:
        await self._stack.gateway.inject_fault(reference, "pay", fault, seconds=RESPONSE_TIME)
        await self._stack.gateway.inject_fault(reference, "notification", "none")
        order = self._shop.order(reference, _VALUE, await self._shop.card(GOOD_CARD), captureMode="MANUAL")
        merchant = asyncio.create_task(self._stack.payments.authorize(order))
        try:
            await self._wait_for_call(reference, times=1)
            worker = await self._worker_of(reference)
            await asyncio.sleep(pause)
            clock = asyncio.get_running_loop()
            killed_at = clock.time()
            await worker.kill()
            await self._wait_for_call(reference, times=2)
            called = clock.time() - killed_at
            payment = await merchant
            authorized = clock.time() - killed_at
        finally:
            merchant.cancel()
        if payment.status is not PaymentStatus.AUTHORIZED:
            raise RoundFailed(f"{reference} is {payment.status}")
        await worker.start()
        return Recovery(called, authorized)

    async def _worker_of(self, reference: str) -> Process:
        """Returns the worker that waits for the response, which Temporal knows by its process id."""
        about = await self._stack.client.get_workflow_handle(workflow_id(reference)).describe()
        names = {activity.last_worker_identity for activity in about.raw_description.pending_activities}
        found = [
            worker
            for worker in self._stack.workers
            if any(name.startswith(f"{worker.pid}@") for name in names)
        ]
        if len(found) != 1:
            raise RoundFailed(f"{reference} is held by {sorted(names)}")
        return found[0]

    async def _wait_for_call(self, reference: str, *, times: int) -> None:
        async def has_come() -> bool:
            return len(await self._pay_calls(reference)) >= times

        await until(has_come, every=_POLL_INTERVAL)

    async def _pay_calls(self, prefix: str) -> Sequence[Call]:
        calls = await self._stack.gateway.calls()
        mine = (call for call in calls if str(call.paymentRequestId).startswith(prefix))
        return [call for call in mine if call.operation == "pay"]

    async def violations(self) -> list[str]:
        """Returns the orders that were not authorized exactly once, after the gateway's last response."""
        await until(self._is_idle, every=_POLL_INTERVAL)
        ledger = await self._stack.gateway.ledger()
        orders = [(reference, ledger.summary(reference)) for reference in self._references]
        return [f"{reference}: {order}" for reference, order in orders if not is_authorized_once(order)]

    async def _is_idle(self) -> bool:
        return all(call.resultStatus is not None for call in await self._pay_calls(self._prefix))


def is_authorized_once(order: OrderSummary) -> bool:
    """Whether an order was authorized once and nothing else happened to it."""
    return (order.attempts, order.most_live, order.live) == (1, 1, 1) and order.captured == 0
