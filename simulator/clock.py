"""The simulator's clock, which can be moved forward, and the background tasks that wait on it."""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)


def iso(moment: datetime) -> str:
    """ISO-8601 with seconds and offset, as the gateway writes it."""
    return moment.isoformat(timespec="seconds")


def wall_clock() -> datetime:
    """The real time, for what travels in HTTP headers: no peer's clock moves with a `Clock`."""
    return datetime.now(UTC)


class Clock:
    """Wall-clock time in UTC plus what it was advanced by; scaled waits are `scale` times shorter."""

    def __init__(self, scale: float = 1.0) -> None:
        if scale <= 0:
            raise ValueError("time scale must be above zero")
        self.scale = scale
        self._ahead = timedelta()
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """The present moment, aware."""
        return wall_clock() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock forward; whatever became due happens now."""
        self._ahead += timedelta(seconds=seconds)
        self._moved.set()
        self._moved = asyncio.Event()

    def scaled(self, seconds: float) -> timedelta:
        """What `seconds` that the gateway waits by itself last on this clock."""
        return timedelta(seconds=seconds / self.scale)

    async def until(self, moment: datetime) -> None:
        """Wait until this clock shows `moment`."""
        while (left := (moment - self.now()).total_seconds()) > 0:
            try:
                await asyncio.wait_for(self._moved.wait(), left)
            except TimeoutError:
                continue

    async def sleep(self, seconds: float) -> None:
        """Wait unscaled seconds of this clock."""
        await self.until(self.now() + timedelta(seconds=seconds))


class Tasks:
    """Background tasks that are kept alive, reported when they break, and cancelled together."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._ended_for_good = False

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Run `work` in the background; after `end` nothing is run any more."""
        if self._ended_for_good:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background task failed: %s", type(error).__name__, exc_info=error)

    def cancel(self) -> None:
        """Cancel everything that still waits."""
        for task in list(self._running):
            task.cancel()

    def end(self) -> None:
        """Cancel everything, and whatever would still be started."""
        self._ended_for_good = True
        self.cancel()
