"""Starts processes again that have ended by themselves, a few times at most when they end at once."""

import signal
import time
from collections.abc import Callable, Sequence

from tools.local_stack.processes import Process, ProcessFailed
from tools.local_stack.waiting import until

TRIES = 3
"""How many starts may fail, or be followed by an early end by itself, before the run ends."""
STABLE_AFTER = 10.0
"""Seconds after which a process that ends counts as one that had run."""
POLL_INTERVAL = 0.02


class Restarts:
    """Restarts processes in the order given, which begins with those that the others connect to."""

    def __init__(self, processes: Sequence[Process], clock: Callable[[], float] = time.monotonic) -> None:
        self._processes = processes
        self._clock = clock
        self._started = dict.fromkeys((process.name for process in processes), float("-inf"))
        self._tries = dict.fromkeys(self._started, 0)

    async def until_one_has_ended(self) -> Sequence[Process]:
        """Waits until a process has ended by itself, and returns all that have."""
        await until(lambda: any(process.has_failed for process in self._processes), every=POLL_INTERVAL)
        return [process for process in self._processes if process.has_failed]

    async def restart(self, ended: Sequence[Process]) -> None:
        """Starts the processes, and others that end meanwhile, with the settings that they had.

        Raises ProcessFailed, which names the log, when one does not stay alive after TRIES starts. An end
        by SIGKILL does not count: a reader may kill a process as often as they like.
        """
        for process in ended:
            if process.exit_status == -signal.SIGKILL:
                self._tries[process.name] = 0
        waiting = list(ended)
        while waiting:
            waiting = [each for each in self._processes if each in waiting or each.has_failed]
            if await self._try_all(waiting):
                return

    async def _try_all(self, processes: Sequence[Process]) -> bool:
        for process in processes:
            self._count(process)
            try:
                await process.start()
            except ProcessFailed:
                return False
        return True

    def _count(self, process: Process) -> None:
        now = self._clock()
        if now - self._started[process.name] >= STABLE_AFTER:
            self._tries[process.name] = 0
        if self._tries[process.name] == TRIES:
            process.fail(f"was started {TRIES} times and ended each time, or was not ready")
        self._tries[process.name] += 1
        self._started[process.name] = now
