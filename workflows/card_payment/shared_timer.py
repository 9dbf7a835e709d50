"""One timer for several waits: each timer adds events to the history, and most waits end before it fires."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from temporalio import workflow


class _Wait(NamedTuple):
    """One wait: when it ends, and what it is for."""

    end: datetime
    summary: str


class SharedTimer:
    """Ends each wait at its own time, with one timer at once: the one of the earliest end.

    An operator reads at the timer what the wait with the earliest end is for. The timer is cancelled when the
    last wait ends. A wait that ends in the activation in which it begins leaves no event.
    """

    def __init__(self) -> None:
        self._running_until: datetime | None = None
        self._waits: list[_Wait] = []
        self._passed: datetime | None = None
        self._timer: asyncio.Task[None] | None = None

    async def wait(
        self,
        is_over: Callable[[], bool],
        within: timedelta,
        *,
        summary: str,
        early: timedelta = timedelta(0),
    ) -> None:
        """Waits until the condition is true, for `within` at most.

        The wait ends up to `early` before that where the running timer does: it needs no other timer then.

        Args:
            is_over: The condition.
            within: The longest time of the wait.
            summary: What the wait is for, as an operator reads it at the timer.
            early: How much earlier the wait may end.
        """
        if is_over() or within <= timedelta(0):
            return
        end = workflow.now() + within
        if self._running_until is not None and end - early <= self._running_until <= end:
            end = self._running_until
        wait = _Wait(end, summary)
        self._waits.append(wait)
        if self._timer is None:
            self._timer = asyncio.create_task(self._run())
        try:
            await workflow.wait_condition(lambda: is_over() or self._has_passed(end))
        finally:
            self._waits.remove(wait)

    async def _run(self) -> None:
        while (earliest := self._earliest()) is not None:
            self._running_until = earliest.end
            try:
                await workflow.wait_condition(
                    partial(self._is_obsolete, earliest.end),
                    timeout=earliest.end - workflow.now(),
                    timeout_summary=earliest.summary,
                )
            except TimeoutError:
                self._passed = earliest.end
        self._timer = self._running_until = None

    def _earliest(self) -> _Wait | None:
        return min((wait for wait in self._waits if not self._has_passed(wait.end)), default=None)

    def _has_passed(self, end: datetime) -> bool:
        return self._passed is not None and end <= self._passed

    def _is_obsolete(self, until: datetime) -> bool:
        """Returns whether all waits are over, or one that ends before this time has begun."""
        earliest = self._earliest()
        return earliest is None or earliest.end < until
