"""Twenty payments while worker, Temporal server and webhook are killed at random moments."""

import asyncio
import os
import random
from collections.abc import Mapping

import pytest

from holdfast import Payment
from tests.support.crashes.machine import Machine
from tests.support.crashes.payment_flows import Life, card_life, declined_life, hosted_life

LIVES: tuple[Life, ...] = (*[hosted_life] * 10, *[card_life] * 9, declined_life)
KILLS = 14
STARTS_WITHIN = 8.0
"""Seconds in which the payments begin, at random moments too."""
SEED = "HOLDFAST_STORM_SEED"
"""Environment variable that repeats a storm; the processes' own timing is not repeated."""

Lives = Mapping[str, asyncio.Task[Payment]]


@pytest.mark.timeout(300)
async def test_storm(machine: Machine) -> None:
    seed = int(os.environ.get(SEED) or random.randrange(1_000_000))
    chance = random.Random(seed)
    payments = {machine.reference(f"storm-{number}"): life for number, life in enumerate(LIVES)}
    lives = {
        reference: asyncio.create_task(_later(machine, life, reference, chance.uniform(0, STARTS_WITHIN)))
        for reference, life in payments.items()
    }
    storm = asyncio.create_task(_storm(machine, chance))
    try:
        await asyncio.gather(storm, *lives.values())
        for reference, life in payments.items():
            await _the_ledger_agrees(machine, reference, life)
    except BaseException as error:
        storm.cancel()
        error.add_note(f"{SEED}={seed}")
        await _tell(machine, lives, error)
        raise


async def _later(machine: Machine, life: Life, reference: str, pause: float) -> Payment:
    await asyncio.sleep(pause)
    return await life(machine, reference)


async def _storm(machine: Machine, chance: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.1, 1.2))
        victim = chance.choice([machine.worker, machine.worker, machine.temporal, machine.webhook])
        await victim.kill()
        await asyncio.sleep(chance.uniform(0, 0.5))
        await victim.start()


async def _the_ledger_agrees(machine: Machine, reference: str, life: Life) -> None:
    if life is declined_life:
        await machine.assert_declined(reference)
    else:
        await machine.assert_captured_once(reference)


async def _tell(machine: Machine, lives: Lives, error: BaseException) -> None:
    """The histories of those payments that have not ended well."""
    await machine.repair()
    for reference, life in lives.items():
        if not life.done() or life.exception() is not None:
            life.cancel()
            error.add_note(await machine.story_of(reference))
