"""One process of the run, which is killed, frozen and started again, as its supervisor would."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.local_stack.processes import Child, Children, ready
from tools.local_stack.waiting import until

END_WITHIN = 40.0
"""Seconds; a worker finishes what is in flight for 25."""
_LOOK_EVERY = 0.05

IsReady = Callable[["Service"], Awaitable[bool]]


@dataclass
class Service:
    """A process by name. `surprises` tells of ends that nobody has caused."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    children: Children
    is_ready: IsReady
    surprises: list[str] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever harms it."""
    _child: Child | None = None
    _began_at: int = 0

    @property
    def said(self) -> str:
        """What it has logged since its last start."""
        return self.log.read_bytes()[self._began_at :].decode(errors="replace")

    @property
    def is_alive(self) -> bool:
        """Whether it runs, or is frozen."""
        return self._child is not None and not self._child.has_ended

    @property
    def pid(self) -> int | None:
        """The id of the process that was started last."""
        return self._child.process.pid if self._child is not None else None

    def start(self) -> Child:
        """Start it unless it runs. Raises ChildFailed."""
        if self._child is None or self._child.has_ended:
            self._began_at = self.log.stat().st_size if self.log.exists() else 0
            self._child = self.children.start(self.name, self.command, self.environment, self.log)
        return self._child

    async def serve(self) -> None:
        """Start it unless it runs; returns when it serves. Raises ChildFailed."""
        child = self.start()
        self.send(signal.SIGCONT)
        await ready(child, lambda: self.is_ready(self))

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it and its own children; nothing where it has ended."""
        if self._child is not None and not self._child.has_ended:
            os.killpg(self._child.process.pid, number)

    async def end(self, number: signal.Signals) -> None:
        """End it by this signal, and by SIGKILL where that takes too long."""
        self.send(number)
        try:
            async with asyncio.timeout(END_WITHIN):
                await until(lambda: not self.is_alive, every=_LOOK_EVERY)
        except TimeoutError:
            self.surprises.append(f"{self.name} did not end within {END_WITHIN:.0f} s of {number.name}")
            self.send(signal.SIGKILL)

    def revive(self) -> None:
        """Start it again where it has ended by itself, which is written down."""
        if self._child is not None and self._child.has_ended:
            status = self._child.process.returncode
            self.surprises.append(f"{self.name} ended by itself with status {status}")
            self.start()
