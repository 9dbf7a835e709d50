"""After the storm: merchants look after what they left, and everything at the end is read once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from holdfast import Payment, PaymentStatus
from holdfast.temporal.names import workflow_id
from tools.chaos.actor import Actor
from tools.chaos.checks.verdict import Case, Material
from tools.chaos.faults.attacks import Attacker, looked_up
from tools.chaos.ledger import Gateway
from tools.chaos.machine import Machine
from tools.chaos.merchant import Merchant
from tools.chaos.merchant_flows import finish, is_at_rest

_AT_ONCE = 24
_ROUND = 20.0
"""Seconds that a merchant stays with one payment before the next one has its turn."""
_PAUSE = 5.0
_T = TypeVar("_T")
_R = TypeVar("_R")


async def settle(actors: Collection[Actor], client: Client, within: float) -> frozenset[str]:
    """Let merchants finish, round by round, for so many seconds; the payments that are not at rest then."""
    give_up_at, restless = time.monotonic() + within, list(actors)
    while True:
        at_rest = await in_parallel(lambda actor: _settled(actor, client), restless)
        restless = [actor for actor, is_done in zip(restless, at_rest, strict=True) if not is_done]
        if not restless or time.monotonic() > give_up_at:
            return frozenset(actor.plan.reference for actor in restless)
        await asyncio.sleep(min(_PAUSE, within / 10))


async def _settled(actor: Actor, client: Client) -> bool:
    """Whether the merchant waits for nothing, and the workflow of a payment that has ended is over too."""
    if await actor.get() is None:
        await actor.authorize()
    payment = await finish(actor, _ROUND)
    if payment is None:
        return False
    if payment.status.is_final:
        return not await _is_running(client, actor.plan.reference)
    is_for_a_person = payment.review is not None and payment.status is PaymentStatus.NEEDS_REVIEW
    return is_at_rest(actor, payment) or is_for_a_person


async def gathered(
    actors: Sequence[Actor],
    machine: Machine,
    merchant: Merchant,
    attacker: Attacker,
    gateway: Gateway,
    restless: Collection[str],
) -> Material:
    """Read everything once more; `restless` is what `settle` has left."""

    async def case(actor: Actor) -> Case:
        reference = actor.plan.reference
        payment = await actor.get()
        is_running = await _is_running(machine.client, reference)
        return Case(actor.plan, payment, is_running, reference in acknowledged, datetime.now(UTC))

    acknowledged = {call.reference for call in merchant.calls if not call.error}
    cases = await in_parallel(case, actors)
    return Material(
        cases=cases,
        ledger=await gateway.ledger(),
        calls=merchant.calls,
        blows=await in_parallel(lambda blow: looked_up(machine, blow), attacker.blows),
        notices=await gateway.notices(),
        restless=restless,
    )


async def in_parallel(
    work: Callable[[_T], Awaitable[_R]], items: Sequence[_T], at_once: int = _AT_ONCE
) -> list[_R]:
    """The work on every item, so many at a time."""
    turns = asyncio.Semaphore(at_once)

    async def in_turn(item: _T) -> _R:
        async with turns:
            return await work(item)

    return await asyncio.gather(*(in_turn(item) for item in items))


async def _is_running(client: Client, reference: str) -> bool:
    try:
        about = await client.get_workflow_handle(workflow_id(reference)).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return about.status is WorkflowExecutionStatus.RUNNING


def statuses(cases: Sequence[Case]) -> dict[str, int]:
    """How many payments are in which status."""
    found: dict[str, int] = {}
    for case in cases:
        name = _status(case.payment)
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items()))


def _status(payment: Payment | None) -> str:
    return str(payment.status) if payment is not None else "none"
