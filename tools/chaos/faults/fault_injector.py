"""Does to processes and connections what the schedule says, one injury after the other."""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from tools.chaos.faults.process_faults import TO_GATEWAY, Harm, Injury
from tools.chaos.faults.proxy import Proxy
from tools.chaos.machine import Machine
from tools.chaos.service import Service
from tools.local_stack.waiting import until

_LOOK_EVERY = 1.0
AT_FIRST, PER_PAYMENT = 20, 0.5
"""So many injuries come at once, and so many more for each payment whose life is over: on a slow machine as
many as on a fast one, where processes would otherwise be killed before they have started."""


class Storm:
    """Rages until it is cancelled; `abate` lets it finish what it has begun, `end` does not."""

    def __init__(self, machine: Machine, schedule: Iterator[Injury]) -> None:
        self._machine = machine
        self._schedule = schedule
        self._under_way: set[asyncio.Task[None]] = set()
        self.done: Counter[str] = Counter()
        """How often what was done; a victim that is down already is passed over."""

    async def rage(self, lives_over: Callable[[], int]) -> None:
        """Go on until cancelled, no faster than payments end."""
        keeping = asyncio.create_task(self._keep())
        try:
            for number, injury in enumerate(self._schedule):
                await asyncio.sleep(injury.pause)
                await until(partial(_is_due, number, lives_over), every=_LOOK_EVERY)
                task = asyncio.create_task(self._inflict(injury))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
        finally:
            keeping.cancel()

    async def abate(self) -> None:
        """Wait until what was begun is over. Raises what went wrong in it."""
        await asyncio.gather(*self._under_way)

    async def end(self) -> None:
        """Break off what is under way: nothing is started any more after this."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _keep(self) -> None:
        """Start again what has ended by itself, as a supervisor does."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            for service in self._machine.services.values():
                if not service.lock.locked():
                    service.revive()

    async def _inflict(self, injury: Injury) -> None:
        if injury.harm in (Harm.CUT, Harm.REFUSE):
            to_gateway = injury.victim == TO_GATEWAY
            await self._cut(injury, self._machine.to_gateway if to_gateway else self._machine.to_webhooks)
            return
        service = self._machine.services[injury.victim]
        if service.lock.locked():
            return
        async with service.lock:
            self.done[str(injury)] += 1
            await _harm(service, injury)

    async def _cut(self, injury: Injury, proxy: Proxy) -> None:
        self.done[str(injury)] += injury.times or 1
        if injury.cut is not None:
            proxy.order(injury.cut, injury.times)
            return
        proxy.refuse()
        await asyncio.sleep(injury.seconds)
        await proxy.open()


def _is_due(number: int, lives_over: Callable[[], int]) -> bool:
    return number < AT_FIRST + PER_PAYMENT * lives_over()


async def _harm(service: Service, injury: Injury) -> None:
    """Down for so many seconds, and up again."""
    if injury.harm is Harm.FREEZE:
        service.send(signal.SIGSTOP)
        await asyncio.sleep(injury.seconds)
        service.send(signal.SIGCONT)
        return
    await service.end(signal.SIGKILL if injury.harm is Harm.KILL else signal.SIGTERM)
    await asyncio.sleep(injury.seconds)
    service.start()
