"""The rate limiter of a reconciliation."""

import asyncio

import pytest

from activities.reconciliation.rate_limiter import RateLimiter
from tests.support.skipped_time import in_skipped_time


async def _time_of_next_call(rate_limiter: RateLimiter) -> float:
    """Returns when the next call is allowed, in seconds of the event loop."""
    await rate_limiter.wait()
    return asyncio.get_running_loop().time()


@in_skipped_time
async def test_rate_limiter_spaces_every_call_evenly() -> None:
    rate_limiter = RateLimiter(20)
    times = [await _time_of_next_call(rate_limiter) for _ in range(4)]
    assert times == pytest.approx([0.05, 0.1, 0.15, 0.2])


@in_skipped_time
async def test_rate_limiter_counts_time_that_has_passed() -> None:
    rate_limiter = RateLimiter(2)
    await asyncio.sleep(0.6)
    times = [await _time_of_next_call(rate_limiter) for _ in range(2)]
    assert times == pytest.approx([0.6, 1.1])


@in_skipped_time
async def test_slow_down_starts_at_one_second_and_doubles() -> None:
    rate_limiter = RateLimiter(50)
    rate_limiter.slow_down()
    assert await _time_of_next_call(rate_limiter) == pytest.approx(1)
    rate_limiter.slow_down()
    assert await _time_of_next_call(rate_limiter) == pytest.approx(3)
    assert rate_limiter.slowdowns == 2
