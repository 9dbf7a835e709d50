"""How fast a reconciliation asks."""

import asyncio
import time

from activities.reconciliation.rate_limiter import RateLimiter


async def test_rate_limiter_spaces_every_call_evenly() -> None:
    began, pacer = time.monotonic(), RateLimiter(20)
    for _ in range(4):
        await pacer.turn()
    assert time.monotonic() - began >= 4 / 20


async def test_rate_limiter_counts_time_that_has_passed() -> None:
    pacer = RateLimiter(2)
    await asyncio.sleep(0.6)
    began = time.monotonic()
    await pacer.turn()
    assert time.monotonic() - began < 0.4


async def test_slow_down_starts_at_one_second_and_doubles() -> None:
    pacer = RateLimiter(50)
    pacer.slow_down()
    began = time.monotonic()
    await pacer.turn()
    assert time.monotonic() - began >= 0.9
    pacer.slow_down()
    await pacer.turn()
    assert time.monotonic() - began >= 2.9
    assert pacer.limits == 2
