"""One timer for several waits: each timer adds events to the history, and most waits end before it fires."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from temporalio import workflow

_SUMMARY = "the end of the first of the waits that share this timer"


class SharedTimer:
    """Ends each wait at its own time, with one timer at once: the one of the earliest end.

    The timer is cancelled when the last wait ends. A wait that ends in the activation in which it begins
    leaves no event.
    """

    def __init__(self) -> None:
        self._running_until: datetime | None = None
        self._ends: list[datetime] = []
        self._passed: datetime | None = None
        self._timer: asyncio.Task[None] | None = None

    async def wait(
        self, is_over: Callable[[], bool], within: timedelta, *, early: timedelta = timedelta(0)
    ) -> None:
        """Waits until the condition is true, for `within` at most.

        The wait ends up to `early` before that where the running timer does: it needs no other timer then.
        """
        if is_over() or within <= timedelta(0):
            return
        end = workflow.now() + within
        if self._running_until is not None and end - early <= self._running_until <= end:
            end = self._running_until
        self._ends.append(end)
        if self._timer is None:
            self._timer = asyncio.create_task(self._run())
        try:
            await workflow.wait_condition(lambda: is_over() or self._has_passed(end))
        finally:
            self._ends.remove(end)

    async def _run(self) -> None:
        while (earliest := self._earliest()) is not None:
            self._running_until = earliest
            try:
                await workflow.wait_condition(
                    partial(self._is_obsolete, earliest),
                    timeout=earliest - workflow.now(),
                    timeout_summary=_SUMMARY,
                )
            except TimeoutError:
                self._passed = earliest
        self._timer = self._running_until = None

    def _earliest(self) -> datetime | None:
        return min((end for end in self._ends if not self._has_passed(end)), default=None)

    def _has_passed(self, end: datetime) -> bool:
        return self._passed is not None and end <= self._passed

    def _is_obsolete(self, until: datetime) -> bool:
        """Returns whether all waits are over, or one that ends before this time has begun."""
        earliest = self._earliest()
        return earliest is None or earliest < until
