"""How fast a reconciliation asks."""

import asyncio
import time

from activities.reconciliation.rate_limiter import RateLimiter


async def test_turns_come_evenly_and_the_first_one_waits_as_well() -> None:
    began, pacer = time.monotonic(), RateLimiter(20)
    for _ in range(4):
        await pacer.turn()
    assert time.monotonic() - began >= 4 / 20


async def test_time_that_went_by_is_not_waited_for_again() -> None:
    pacer = RateLimiter(2)
    await asyncio.sleep(0.6)
    began = time.monotonic()
    await pacer.turn()
    assert time.monotonic() - began < 0.4


async def test_it_slows_down_to_a_second_and_doubles_from_there() -> None:
    pacer = RateLimiter(50)
    pacer.slow_down()
    began = time.monotonic()
    await pacer.turn()
    assert time.monotonic() - began >= 0.9
    pacer.slow_down()
    await pacer.turn()
    assert time.monotonic() - began >= 2.9
    assert pacer.limits == 2
