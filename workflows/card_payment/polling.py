"""Bounded polling: a question is asked again after a pause until it has an answer, or a bound is reached."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow

T = TypeVar("T")


class Pauses:
    """The pauses between two questions: each is `growth` times the one before, up to `longest`."""

    def __init__(self, first: timedelta, *, growth: int = 1, longest: timedelta | None = None) -> None:
        self._growth = growth
        self._longest = longest
        self._next = first

    def next(self) -> timedelta:
        """The pause before the next question."""
        pause, grown = self._next, self._next * self._growth
        self._next = grown if self._longest is None else min(grown, self._longest)
        return pause

    def restart(self, first: timedelta) -> None:
        """Let the pauses grow from this one on again."""
        self._next = first


class ConsecutiveCount:
    """Counts consecutive observations of one thing; it is established once there are `needed` of them."""

    def __init__(self, needed: int) -> None:
        self._needed = needed
        self._seen = 0

    def observe(self, *, is_seen: bool) -> bool:
        """Count one observation. Returns whether the thing is established."""
        self._seen = self._seen + 1 if is_seen else 0
        return self._seen >= self._needed


def always() -> bool:
    """The condition of a poll that only its answer or its bounds end."""
    return True


async def poll(
    ask: Callable[[], Awaitable[T | None]],
    pauses: Pauses,
    *,
    summary: str = "",
    times: int | None = None,
    until: datetime | None = None,
    goes_on: Callable[[], bool] = always,
) -> T | None:
    """The first answer of `ask` that is not None.

    None without one: after `times` questions, each of them followed by a pause; after the first question
    that ends at `until` or later, to which the last pause leads; or as soon as `goes_on` is false, which also
    ends a pause. `summary` is what an operator reads beside the timer.
    """
    asked = 0
    while goes_on() and asked != times:
        answer = await ask()
        if answer is not None:
            return answer
        asked += 1
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
