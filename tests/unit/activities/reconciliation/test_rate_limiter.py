"""The rate limiter of a reconciliation."""

import asyncio
import time

from activities.reconciliation.rate_limiter import RateLimiter


async def test_rate_limiter_spaces_every_call_evenly() -> None:
    started_at, rate_limiter = time.monotonic(), RateLimiter(20)
    for _ in range(4):
        await rate_limiter.wait()
    assert time.monotonic() - started_at >= 4 / 20


async def test_rate_limiter_counts_time_that_has_passed() -> None:
    rate_limiter = RateLimiter(2)
    await asyncio.sleep(0.6)
    started_at = time.monotonic()
    await rate_limiter.wait()
    assert time.monotonic() - started_at < 0.4


async def test_slow_down_starts_at_one_second_and_doubles() -> None:
    rate_limiter = RateLimiter(50)
    rate_limiter.slow_down()
    started_at = time.monotonic()
    await rate_limiter.wait()
    assert time.monotonic() - started_at >= 0.9
    rate_limiter.slow_down()
    await rate_limiter.wait()
    assert time.monotonic() - started_at >= 2.9
    assert rate_limiter.slowdowns == 2
