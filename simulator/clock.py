"""The simulator's clock, which can be advanced, and the background tasks that wait on it."""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)


def iso(moment: datetime) -> str:
    """Returns ISO-8601 with seconds and offset, the gateway's own format."""
    return moment.isoformat(timespec="seconds")


def wall_clock() -> datetime:
    """Returns the real time, for HTTP headers: the other side's clock does not advance with a `Clock`."""
    return datetime.now(UTC)


class Clock:
    """Wall-clock time in UTC plus an offset; a scaled wait is `scale` times shorter."""

    def __init__(self, scale: float = 1.0) -> None:
        if scale <= 0:
            raise ValueError("time scale must be above zero")
        self.scale = scale
        self._offset = timedelta()
        self._advanced = asyncio.Event()

    def now(self) -> datetime:
        """Returns the current time of this clock, with its time zone."""
        return wall_clock() + self._offset

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the real time."""
        return self._offset

    def advance(self, seconds: float) -> None:
        """Moves the clock forward by so many seconds, and wakes all waits that have become due."""
        self._offset += timedelta(seconds=seconds)
        self._advanced.set()
        self._advanced = asyncio.Event()

    def scaled(self, seconds: float) -> timedelta:
        """Returns the scaled duration of one of the gateway's own waits of `seconds`."""
        return timedelta(seconds=seconds / self.scale)

    async def wait_until(self, moment: datetime) -> None:
        """Waits until this clock has reached `moment`."""
        while (remaining := (moment - self.now()).total_seconds()) > 0:
            try:
                await asyncio.wait_for(self._advanced.wait(), remaining)
            except TimeoutError:
                continue

    async def sleep(self, seconds: float) -> None:
        """Waits so many unscaled seconds of this clock."""
        await self.wait_until(self.now() + timedelta(seconds=seconds))

    async def sleep_unless(self, ended: asyncio.Event, seconds: float) -> None:
        """Waits so many unscaled seconds of this clock, or until `ended` is set."""
        waits = [asyncio.ensure_future(self.sleep(seconds)), asyncio.ensure_future(ended.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()


class BackgroundTasks:
    """Keeps references to background tasks, logs their failures, and cancels them together."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Runs `work` in the background; after `close` it is discarded."""
        if self._is_closed:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background task failed: %s", type(error).__name__, exc_info=error)

    def cancel(self) -> None:
        """Cancels all running tasks."""
        for task in list(self._running):
            task.cancel()

    def close(self) -> None:
        """Cancels all running tasks, and discards all that are spawned afterwards."""
        self._is_closed = True
        self.cancel()
