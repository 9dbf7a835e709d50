"""Injects the scheduled faults into processes and connections, and restarts processes that ended."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial

from tools.chaos.faults.process_faults import TO_GATEWAY, Action, ProcessFault
from tools.chaos.faults.proxy import Proxy
from tools.chaos.proxied_stack import ProxiedStack
from tools.local_stack.processes import Process
from tools.local_stack.waiting import until

END_WITHIN = 40.0
"""Seconds; a worker finishes what is in flight for 25."""
_POLL_INTERVAL = 1.0
INITIAL_FAULTS, FAULTS_PER_PAYMENT = 20, 0.5
"""So many faults come at once, and so many more for each payment that has ended. A slow machine gets as many
as a fast one: there, processes would otherwise be killed before they have started."""


class FaultInjector:
    """Injects faults until it is cancelled; `finish` completes the faults in progress, `abort` does not."""

    def __init__(self, stack: ProxiedStack, schedule: Iterator[ProcessFault]) -> None:
        self._stack = stack
        self._schedule = schedule
        self._in_progress: set[asyncio.Task[None]] = set()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.injected: Counter[str] = Counter()
        """How often each fault was injected; a target that already has a fault is skipped."""
        self.unexpected_exits: list[str] = []
        """Processes that ended by themselves or did not end in time."""

    async def run(self, payments_ended: Callable[[], int]) -> None:
        """Injects faults until it is cancelled, no faster than payments end."""
        supervising = asyncio.create_task(self._supervise())
        try:
            for number, fault in enumerate(self._schedule):
                await asyncio.sleep(fault.pause)
                await until(partial(_is_due, number, payments_ended), every=_POLL_INTERVAL)
                task = asyncio.create_task(self._inject(fault))
                self._in_progress.add(task)
                task.add_done_callback(self._in_progress.discard)
        finally:
            supervising.cancel()

    async def finish(self) -> None:
        """Waits until the faults in progress are over. Raises the error of one that failed."""
        await asyncio.gather(*self._in_progress)

    async def abort(self) -> None:
        """Cancels the faults in progress: no process is started after this."""
        for task in self._in_progress:
            task.cancel()
        await asyncio.gather(*self._in_progress, return_exceptions=True)

    async def _supervise(self) -> None:
        """Restarts processes that ended by themselves, as a supervisor does."""
        while True:
            await asyncio.sleep(_POLL_INTERVAL)
            for process in self._stack.local.processes.values():
                if process.has_failed:
                    self.unexpected_exits.append(
                        f"{process.name} ended by itself with status {process.exit_status}"
                    )
                    process.launch()

    async def _inject(self, fault: ProcessFault) -> None:
        if fault.action in (Action.CUT, Action.REFUSE):
            stack = self._stack
            to_gateway = fault.target == TO_GATEWAY
            await self._disturb(fault, stack.to_gateway if to_gateway else stack.to_webhooks)
            return
        lock = self._locks[fault.target]
        if lock.locked():
            return
        async with lock:
            self.injected[str(fault)] += 1
            await self._interrupt(fault, self._stack.local.processes[fault.target])

    async def _disturb(self, fault: ProcessFault, proxy: Proxy) -> None:
        """Cuts the next exchanges, or refuses connections for so many seconds."""
        self.injected[str(fault)] += fault.times or 1
        if fault.cut is not None:
            proxy.cut_next(fault.cut, fault.times)
            return
        proxy.refuse()
        await asyncio.sleep(fault.seconds)
        await proxy.open()

    async def _interrupt(self, fault: ProcessFault, process: Process) -> None:
        """Stops the process for so many seconds."""
        if fault.action is Action.FREEZE:
            process.freeze()
            await asyncio.sleep(fault.seconds)
            process.resume()
            return
        if fault.action is Action.TERMINATE:
            await self._terminate(process)
        await process.kill()
        await asyncio.sleep(fault.seconds)
        process.launch()

    async def _terminate(self, process: Process) -> None:
        try:
            await process.terminate(END_WITHIN)
        except TimeoutError:
            self.unexpected_exits.append(f"{process.name} did not end within {END_WITHIN:.0f} s of SIGTERM")


def _is_due(number: int, payments_ended: Callable[[], int]) -> bool:
    return number < INITIAL_FAULTS + FAULTS_PER_PAYMENT * payments_ended()
