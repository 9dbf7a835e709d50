"""The rate limiter of a reconciliation."""

import asyncio
from datetime import timedelta

import pytest

from activities.errors import TRAFFIC_LIMIT
from activities.reconciliation.rate_limiter import RateLimiter
from holdfast.antom.outcome import DidNotHappen, Unknown
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


@in_skipped_time
async def test_call_with_a_used_answer_is_repeated_in_the_next_second() -> None:
    rate_limiter = RateLimiter(50)
    await rate_limiter.prepare_repeat(Unknown("used before", retry_after=timedelta(seconds=2)))
    assert asyncio.get_running_loop().time() == pytest.approx(2)
    assert rate_limiter.slowdowns == 0


@in_skipped_time
async def test_call_is_repeated_more_slowly_only_after_a_traffic_limit() -> None:
    rate_limiter = RateLimiter(50)
    for outcome in (Unknown("no response"), DidNotHappen("not sent", retry_after=timedelta(seconds=20))):
        await rate_limiter.prepare_repeat(outcome)
    assert (asyncio.get_running_loop().time(), rate_limiter.slowdowns) == (0, 0)
    await rate_limiter.prepare_repeat(Unknown("unknown", claimed_code=TRAFFIC_LIMIT))
    assert rate_limiter.slowdowns == 1
