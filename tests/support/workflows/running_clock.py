"""Temporal's workflow clock in a test whose event loop skips time: several waits run at once."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.support.workflows.clock import START, FirstRun

_TICK = 0.01


class RunningClock(FirstRun):
    """Stands in for `temporalio.workflow` in one module. The time is that of the event loop."""

    def __init__(self) -> None:
        self.timers: list[timedelta] = []
        """The duration of each timer that was started."""
        self.summaries: list[str | None] = []
        """What an operator reads at each timer that was started."""

    def now(self) -> datetime:
        """The time of the workflow."""
        return START + timedelta(seconds=round(asyncio.get_running_loop().time(), 2))

    async def wait_condition(
        self,
        condition: Callable[[], bool],
        *,
        timeout: timedelta | None = None,  # noqa: ASYNC109 - the parameter's name is Temporal's
        timeout_summary: str | None = None,
    ) -> None:
        """Waits for the condition. Raises TimeoutError where it is not true within the timeout."""
        end = None if timeout is None else self.now() + timeout
        if timeout is not None:
            self.timers.append(timeout)
            self.summaries.append(timeout_summary)
        while not condition():
            if end is not None and self.now() >= end:
                raise TimeoutError
            await asyncio.sleep(_TICK)
