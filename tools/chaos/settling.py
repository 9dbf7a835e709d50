"""After the faults: merchants settle their payments, and everything is read once at the end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from holdfast import Payment, PaymentStatus
from holdfast.temporal.names import workflow_id
from tools.chaos.checks.run_record import FinalPayment, RunRecord
from tools.chaos.faults.attacks import Attacker, AttackResult, with_record, with_stored
from tools.chaos.merchant import Merchant
from tools.chaos.merchant_and_buyer import MerchantAndBuyer
from tools.chaos.merchant_flows import finish, is_settled
from tools.chaos.proxied_stack import ProxiedStack

_CONCURRENCY = 24
_TURN = 20.0
"""Seconds that a merchant spends on one payment before the next one."""
_PAUSE = 5.0
_T = TypeVar("_T")
_R = TypeVar("_R")


async def settle(parties: Collection[MerchantAndBuyer], client: Client, within: float) -> frozenset[str]:
    """Lets merchants finish, round by round, for so many seconds; returns what is not settled then."""
    give_up_at, unsettled = time.monotonic() + within, list(parties)
    while True:
        settled = await in_parallel(lambda each: _settled(each, client), unsettled)
        unsettled = [each for each, is_done in zip(unsettled, settled, strict=True) if not is_done]
        if not unsettled or time.monotonic() > give_up_at:
            return frozenset(each.plan.reference for each in unsettled)
        await asyncio.sleep(min(_PAUSE, within / 10))


async def _settled(parties: MerchantAndBuyer, client: Client) -> bool:
    """Whether the merchant waits for nothing, and the workflow of an ended payment has ended too."""
    if await parties.get() is None:
        await parties.authorize()
    payment = await finish(parties, _TURN)
    if payment is None:
        return False
    if payment.status.is_final:
        return not await _is_running(client, parties.plan.reference)
    is_for_a_person = payment.review is not None and payment.status is PaymentStatus.NEEDS_REVIEW
    return is_settled(parties, payment) or is_for_a_person


async def read_record(
    parties: Sequence[MerchantAndBuyer],
    stack: ProxiedStack,
    merchant: Merchant,
    attacker: Attacker,
    unsettled: Collection[str],
) -> RunRecord:
    """Reads everything once more; `unsettled` is what `settle` has returned."""

    async def final(each: MerchantAndBuyer) -> FinalPayment:
        reference = each.plan.reference
        payment = await each.get()
        is_running = await _is_running(stack.local.client, reference)
        return FinalPayment(each.plan, payment, is_running, reference in acknowledged, datetime.now(UTC))

    async def found(result: AttackResult) -> AttackResult:
        return await with_stored(stack, attacker, await with_record(stack, result))

    acknowledged = {call.reference for call in merchant.calls if not call.error}
    payments = await in_parallel(final, parties)
    return RunRecord(
        payments=payments,
        ledger=await stack.local.gateway.ledger(),
        calls=merchant.calls,
        attacks=await in_parallel(found, attacker.results),
        notifications=await stack.local.gateway.notifications(),
        unsettled=unsettled,
    )


async def in_parallel(
    work: Callable[[_T], Awaitable[_R]], items: Sequence[_T], at_once: int = _CONCURRENCY
) -> list[_R]:
    """Applies the work to every item, so many at a time."""
    semaphore = asyncio.Semaphore(at_once)

    async def limited(item: _T) -> _R:
        async with semaphore:
            return await work(item)

    return await asyncio.gather(*(limited(item) for item in items))


async def _is_running(client: Client, reference: str) -> bool:
    try:
        about = await client.get_workflow_handle(workflow_id(reference)).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return about.status is WorkflowExecutionStatus.RUNNING


def statuses(payments: Sequence[FinalPayment]) -> dict[str, int]:
    """Returns the number of payments in each status."""
    found: dict[str, int] = {}
    for final in payments:
        name = _status(final.payment)
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items()))


def _status(payment: Payment | None) -> str:
    return str(payment.status) if payment is not None else "none"
