"""How fast a reconciliation asks."""

import asyncio

import pytest

from activities.reconciliation.rate_limiter import RateLimiter
from tests.support.skipped_time import in_skipped_time


async def _moment_of_turn(pacer: RateLimiter) -> float:
    """When the next turn is given, in seconds of the loop."""
    await pacer.turn()
    return asyncio.get_running_loop().time()


@in_skipped_time
async def test_turns_come_evenly_and_the_first_one_waits_as_well() -> None:
    pacer = RateLimiter(20)
    moments = [await _moment_of_turn(pacer) for _ in range(4)]
    assert moments == pytest.approx([0.05, 0.1, 0.15, 0.2])


@in_skipped_time
async def test_time_that_went_by_is_not_waited_for_again() -> None:
    pacer = RateLimiter(2)
    await asyncio.sleep(0.6)
    moments = [await _moment_of_turn(pacer) for _ in range(2)]
    assert moments == pytest.approx([0.6, 1.1])


@in_skipped_time
async def test_it_slows_down_to_a_second_and_doubles_from_there() -> None:
    pacer = RateLimiter(50)
    pacer.slow_down()
    assert await _moment_of_turn(pacer) == pytest.approx(1)
    pacer.slow_down()
    assert await _moment_of_turn(pacer) == pytest.approx(3)
    assert pacer.limits == 2
