"""One round: a pay call is at the gateway, and the worker that waits for the answer is killed with `kill -9`.

Measured is how long it takes until another worker's call under the same `paymentRequestId` reaches the
gateway, and until the merchant has the payment as AUTHORIZED. No notification helps.
"""

import asyncio
import secrets
import signal
from dataclasses import dataclass

import httpx
from pydantic import BaseModel, TypeAdapter

from holdfast import PaymentStatus
from holdfast.temporal.names import workflow_id
from tools.chaos.faults.process_faults import WORKERS
from tools.chaos.machine import Machine
from tools.chaos.service import Service
from tools.demo.shop import GOOD_CARD, Shop
from tools.local_stack.ledger_client import Account, Gateway
from tools.local_stack.waiting import until

ANSWER_AFTER = 15
"""Seconds that the gateway takes for the first call; nobody reads its answer."""
FAULTS = ("delay", "act_and_delay")
"""In turn: the gateway authorizes at the end of these seconds, a straggler, or at their beginning."""
WITHIN = 90.0
_LOOK_EVERY = 0.01
_VALUE = "30000"


class RoundFailed(Exception):
    """A round did not end as it must; says which payment, and why."""


@dataclass(frozen=True)
class Recovery:
    """Seconds from the kill to the second pay call at the gateway, and to the merchant's answer."""

    called: float
    authorized: float


class _Call(BaseModel):
    operation: str
    paymentRequestId: str | None
    resultStatus: str | None
    """None while the gateway works on it."""


_CALLS = TypeAdapter(list[_Call])


class Bench:
    """A machine with two workers, and the payments of its rounds."""

    def __init__(self, machine: Machine, http: httpx.AsyncClient) -> None:
        self._machine, self._http = machine, http
        self._gateway = Gateway(machine.gateway_url, http)
        self._shop = Shop(machine.payments, "https://shop.example")
        self._prefix = f"bench-{secrets.token_hex(3)}"
        self._references: list[str] = []

    async def round(self, pause: float) -> Recovery:
        """Kill so many seconds after the call has come; both workers run before and after.

        Raises RoundFailed.
        """
        reference = f"{self._prefix}-{len(self._references):04}"
        fault = FAULTS[len(self._references) % len(FAULTS)]
        self._references.append(reference)
        try:
            async with asyncio.timeout(WITHIN):
                return await self._measured(reference, fault, pause)
        except TimeoutError:
            raise RoundFailed(f"{reference} was not authorized within {WITHIN:.0f} s") from None

    async def _measured(self, reference: str, fault: str, pause: float) -> Recovery:
        await self._gateway.order_fault(reference, "pay", fault, seconds=ANSWER_AFTER)
        await self._gateway.order_fault(reference, "notification", "none")
        order = self._shop.order(reference, _VALUE, await self._shop.card(GOOD_CARD), captureMode="MANUAL")
        merchant = asyncio.create_task(self._machine.payments.authorize(order))
        try:
            await self._is_called(reference, times=1)
            worker = await self._holder(reference)
            await asyncio.sleep(pause)
            clock = asyncio.get_running_loop()
            worker.send(signal.SIGKILL)
            killed_at = clock.time()
            await self._is_called(reference, times=2)
            called = clock.time() - killed_at
            payment = await merchant
            authorized = clock.time() - killed_at
        finally:
            merchant.cancel()
        if payment.status is not PaymentStatus.AUTHORIZED:
            raise RoundFailed(f"{reference} is {payment.status}")
        await worker.serve()
        return Recovery(called, authorized)

    async def _holder(self, reference: str) -> Service:
        """The worker that waits for the answer to the pay call: Temporal knows it by its process id."""
        about = await self._machine.client.get_workflow_handle(workflow_id(reference)).describe()
        names = {activity.last_worker_identity for activity in about.raw_description.pending_activities}
        workers = [self._machine.services[name] for name in WORKERS]
        holders = [worker for worker in workers if any(name.startswith(f"{worker.pid}@") for name in names)]
        if len(holders) != 1:
            raise RoundFailed(f"{reference} is held by {sorted(names)}")
        return holders[0]

    async def _is_called(self, reference: str, *, times: int) -> None:
        async def has_come() -> bool:
            return len(await self._pay_calls(reference)) >= times

        await until(has_come, every=_LOOK_EVERY)

    async def _pay_calls(self, prefix: str) -> list[_Call]:
        answer = (await self._http.get(f"{self._machine.gateway_url}/calls")).raise_for_status()
        calls = _CALLS.validate_json(answer.content)
        mine = (call for call in calls if str(call.paymentRequestId).startswith(prefix))
        return [call for call in mine if call.operation == "pay"]

    async def violations(self) -> list[str]:
        """What the gateway's ledger says against it, once the gateway is done with every call."""
        await until(self._is_at_rest, every=_LOOK_EVERY)
        accounts = [(reference, await self._gateway.account(reference)) for reference in self._references]
        return [f"{reference}: {account}" for reference, account in accounts if not is_right(account)]

    async def _is_at_rest(self) -> bool:
        return all(call.resultStatus is not None for call in await self._pay_calls(self._prefix))


def is_right(account: Account) -> bool:
    """Whether an order was authorized once and nothing else happened to it."""
    return (account.attempts, account.most_live, account.live) == (1, 1, 1) and account.captured == 0
