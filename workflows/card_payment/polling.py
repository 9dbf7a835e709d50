"""Bounded polling: a call is repeated after a pause until it has an answer, or a bound is reached."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow

T = TypeVar("T")


def unlimited() -> None:
    """Returns None: the limit of a pause that has none."""


class Pauses:
    """The pauses between two calls: each is `growth` times the one before, up to `longest`.

    `limit` returns the longest possible pause at the moment, where there is one.
    """

    def __init__(
        self,
        first: timedelta,
        *,
        growth: int = 1,
        longest: timedelta | None = None,
        limit: Callable[[], timedelta | None] = unlimited,
    ) -> None:
        self._growth = growth
        self._longest = longest
        self._limit = limit
        self._next = first

    def next(self) -> timedelta:
        """Returns the pause before the next call."""
        pause, grown, limit = self._next, self._next * self._growth, self._limit()
        self._next = grown if self._longest is None else min(grown, self._longest)
        return pause if limit is None else min(pause, limit)

    def restart(self, first: timedelta) -> None:
        """Restarts the growth of the pauses from this one."""
        self._next = first


class ConsecutiveCount:
    """Counts consecutive observations of one fact, which is established once there are `needed` of them."""

    def __init__(self, needed: int) -> None:
        self._needed = needed
        self._seen = 0

    def observe(self, *, is_seen: bool) -> bool:
        """Counts one observation. Returns whether the fact is established."""
        self._seen = self._seen + 1 if is_seen else 0
        return self._seen >= self._needed


def always() -> bool:
    """Returns True: the condition of a poll that only its answer or its bounds end."""
    return True


async def poll(
    call: Callable[[], Awaitable[T | None]],
    pauses: Pauses,
    *,
    summary: str = "",
    times: int | None = None,
    until: datetime | None = None,
    goes_on: Callable[[], bool] = always,
) -> T | None:
    """Returns the first answer of `call` that is not None; None where a bound is reached without one.

    Args:
        call: What is repeated.
        pauses: The pauses between two calls.
        summary: The text that an operator sees at the timer of a pause.
        times: The largest number of calls, each followed by a pause.
        until: The end of the last pause. The first call that ends at this time or later is the last one.
        goes_on: The condition of further calls. A pause ends as soon as it is false.
    """
    calls = 0
    while goes_on() and calls != times:
        answer = await call()
        if answer is not None:
            return answer
        calls += 1
        if until is not None and workflow.now() >= until:
            return None
        await _pause(pauses.next(), until, goes_on, summary)
    return None


async def _pause(pause: timedelta, until: datetime | None, goes_on: Callable[[], bool], summary: str) -> None:
    left = pause if until is None else min(pause, until - workflow.now())
    if left <= timedelta(0) or not goes_on():
        return
    try:
        await workflow.wait_condition(lambda: not goes_on(), timeout=left, timeout_summary=summary)
    except TimeoutError:
        return
