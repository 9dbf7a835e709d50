"""How fast a reconciliation asks."""

import asyncio

import pytest

from activities.reconciliation.rate_limiter import RateLimiter
from tests.support.skipped_time import run_skipping


async def _moment_of_turn(pacer: RateLimiter) -> float:
    """When the next turn is given, in seconds of the loop."""
    await pacer.turn()
    return asyncio.get_running_loop().time()


def test_turns_come_evenly_and_the_first_one_waits_as_well() -> None:
    async def turns() -> list[float]:
        pacer = RateLimiter(20)
        return [await _moment_of_turn(pacer) for _ in range(4)]

    assert run_skipping(turns()) == pytest.approx([0.05, 0.1, 0.15, 0.2])


def test_time_that_went_by_is_not_waited_for_again() -> None:
    async def turns() -> list[float]:
        pacer = RateLimiter(2)
        await asyncio.sleep(0.6)
        return [await _moment_of_turn(pacer) for _ in range(2)]

    assert run_skipping(turns()) == pytest.approx([0.6, 1.1])


def test_it_slows_down_to_a_second_and_doubles_from_there() -> None:
    async def turns() -> list[float]:
        pacer, moments = RateLimiter(50), []
        for _ in range(2):
            pacer.slow_down()
            moments.append(await _moment_of_turn(pacer))
        assert pacer.limits == 2
        return moments

    assert run_skipping(turns()) == pytest.approx([1, 3])
