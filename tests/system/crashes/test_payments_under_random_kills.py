"""Twenty payments while worker, Temporal server and webhook are killed at random moments."""

import asyncio
import os
import random
from collections.abc import Mapping

import pytest

from holdfast import Payment
from tests.support.crashes.payment_flows import Flow, card_flow, declined_flow, hosted_flow
from tests.support.crashes.system import SystemUnderTest

FLOWS: tuple[Flow, ...] = (*[hosted_flow] * 10, *[card_flow] * 9, declined_flow)
KILLS = 14
START_WITHIN = 8.0
"""Seconds in which the payments start, at random moments too."""
SEED = "HOLDFAST_KILL_SEED"
"""The environment variable that repeats the moments of a run; the processes' own timing is not repeated."""

Merchants = Mapping[str, asyncio.Task[Payment]]


@pytest.mark.timeout(300)
async def test_payments_under_random_kills_are_captured_once(system: SystemUnderTest) -> None:
    seed = int(os.environ.get(SEED) or random.randrange(1_000_000))
    rng = random.Random(seed)
    payments = {system.reference(f"random-{number}"): flow for number, flow in enumerate(FLOWS)}
    merchants = {
        reference: asyncio.create_task(_start_later(system, flow, reference, rng.uniform(0, START_WITHIN)))
        for reference, flow in payments.items()
    }
    killing = asyncio.create_task(_kill_at_random(system, rng))
    try:
        await asyncio.gather(killing, *merchants.values())
        for reference, flow in payments.items():
            await _assert_ledger_agrees(system, reference, flow)
    except BaseException as error:
        killing.cancel()
        error.add_note(f"{SEED}={seed}")
        await _add_histories(system, merchants, error)
        raise


async def _start_later(system: SystemUnderTest, flow: Flow, reference: str, pause: float) -> Payment:
    await asyncio.sleep(pause)
    return await flow(system, reference)


async def _kill_at_random(system: SystemUnderTest, rng: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(rng.uniform(0.1, 1.2))
        process = rng.choice([system.worker, system.worker, system.temporal, system.webhook])
        await process.kill()
        await asyncio.sleep(rng.uniform(0, 0.5))
        await process.start()


async def _assert_ledger_agrees(system: SystemUnderTest, reference: str, flow: Flow) -> None:
    if flow is declined_flow:
        await system.assert_declined(reference)
    else:
        await system.assert_captured_once(reference)


async def _add_histories(system: SystemUnderTest, merchants: Merchants, error: BaseException) -> None:
    """Adds the histories of the payments that have not ended well to the error."""
    await system.stack.start_all()
    for reference, merchant in merchants.items():
        if not merchant.done() or merchant.exception() is not None:
            merchant.cancel()
            error.add_note(await system.describe_failure(reference))
