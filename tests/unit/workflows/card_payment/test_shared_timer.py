"""Each wait ends at its condition or at its own limit, and one timer serves several waits."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support.skipped_time import in_skipped_time
from tests.support.workflows.clock import START
from tests.support.workflows.running_clock import RunningClock
from workflows.card_payment import shared_timer
from workflows.card_payment.shared_timer import SharedTimer

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[RunningClock]:
    with pytest.MonkeyPatch.context() as patch:
        clock = RunningClock()
        patch.setattr(shared_timer, "workflow", clock)
        yield clock


async def _length(timer: SharedTimer, clock: RunningClock, within: timedelta, over_after: float) -> timedelta:
    """Returns how long a wait takes whose condition is true so many seconds after its start."""
    begin = clock.now()
    over_at = begin + timedelta(seconds=over_after)
    await timer.wait(lambda: clock.now() >= over_at, within, summary="a test")
    return clock.now() - begin


def _is_about(duration: timedelta, seconds: float) -> bool:
    return abs(duration.total_seconds() - seconds) < 0.1


@pytest.fixture
def timer() -> SharedTimer:
    return SharedTimer()


def test_wait_ends_at_its_condition_or_at_its_limit(timer: SharedTimer, clock: RunningClock) -> None:
    @in_skipped_time
    async def run() -> None:
        assert _is_about(await _length(timer, clock, 60 * SECOND, over_after=5), 5)
        await asyncio.sleep(1)
        assert _is_about(await _length(timer, clock, 60 * SECOND, over_after=500), 60)

    run()
    assert clock.timers == [60 * SECOND] * 2


def test_wait_that_is_over_or_has_no_time_starts_no_timer(timer: SharedTimer, clock: RunningClock) -> None:
    @in_skipped_time
    async def run() -> None:
        await timer.wait(lambda: True, 60 * SECOND, summary="a test")
        await timer.wait(lambda: False, timedelta(0), summary="a test")
        await timer.wait(lambda: False, -SECOND, summary="a test")

    run()
    assert clock.timers == []


def test_concurrent_waits_share_one_timer_and_each_ends_in_time(
    timer: SharedTimer, clock: RunningClock
) -> None:
    @in_skipped_time
    async def run() -> None:
        waits = [asyncio.create_task(_length(timer, clock, 60 * SECOND, over_after=500))]
        for _ in range(3):
            await asyncio.sleep(10)
            waits.append(asyncio.create_task(_length(timer, clock, 60 * SECOND, over_after=500)))
        assert all(_is_about(length, 60) for length in await asyncio.gather(*waits))
        assert _is_about(clock.now() - START, 90)

    run()
    assert len(clock.timers) == 4, "one for each end, one after the other"


def test_wait_with_an_earlier_end_does_not_wait_for_the_timer_of_another(
    timer: SharedTimer, clock: RunningClock
) -> None:
    @in_skipped_time
    async def run() -> None:
        long = asyncio.create_task(_length(timer, clock, 60 * SECOND, over_after=500))
        await asyncio.sleep(10)
        assert _is_about(await _length(timer, clock, 20 * SECOND, over_after=500), 20)
        assert _is_about(await long, 60)

    run()


@pytest.mark.parametrize(("late", "timers"), [(0.5, 1), (20, 2)])
def test_wait_that_may_end_early_takes_over_a_running_timer(
    timer: SharedTimer, clock: RunningClock, late: float, timers: int
) -> None:
    @in_skipped_time
    async def run() -> None:
        first = asyncio.create_task(_length(timer, clock, 60 * SECOND, over_after=late + 0.5))
        await asyncio.sleep(late)
        begin = clock.now()
        await timer.wait(lambda: False, 60 * SECOND, summary="a test", early=5 * SECOND)
        assert 55 <= (clock.now() - begin).total_seconds() < 60.1
        await first

    run()
    assert len(clock.timers) == timers


def test_timer_has_the_summary_of_the_wait_that_ends_first(timer: SharedTimer, clock: RunningClock) -> None:
    @in_skipped_time
    async def run() -> None:
        async def wait(summary: str, seconds: int) -> None:
            await timer.wait(lambda: False, seconds * SECOND, summary=summary)

        await asyncio.gather(wait("waits for the buyer", 60), wait("a caller waits", 20))

    run()
    assert clock.summaries == ["a caller waits", "waits for the buyer"]


def test_timer_ends_with_the_last_wait(timer: SharedTimer, clock: RunningClock) -> None:
    @in_skipped_time
    async def run() -> None:
        await _length(timer, clock, 60 * SECOND, over_after=1)
        await asyncio.sleep(1)
        assert len(asyncio.all_tasks()) == 1

    run()
