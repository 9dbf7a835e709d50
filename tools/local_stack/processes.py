"""The demo's child processes: each in a process group of its own, none left behind.

A child is ended by its process id: SIGTERM first, SIGKILL when it takes longer than `GRACE`.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Self

GRACE = 3.0
"""Seconds."""
LONGEST_LAST_WORDS = 200
LOOK_EVERY = 0.05
ROOT = Path(__file__).parents[2]


class ChildFailed(Exception):
    """A child ended by itself or was not ready in time; the text is one line that names its log."""


@dataclass(frozen=True)
class Child:
    """A process that was started, and where it logs."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def has_ended(self) -> bool:
        """Whether it runs no more."""
        return self.process.poll() is not None

    def fail(self, what: str) -> NoReturn:
        """Raise ChildFailed with what the child said last."""
        lines = self.log.read_text(errors="replace").split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
        raise ChildFailed(f"{self.name} {what}; it said last: {said[:LONGEST_LAST_WORDS]} (log: {self.log})")


class Children:
    """Starts, watches and ends the child processes; use it as a context, and none is left behind it."""

    def __init__(self) -> None:
        self._running: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Child:
        """Start a process that knows `environment` alone. Raises ChildFailed when it cannot be started."""
        with log.open("ab") as output:
            try:
                process = subprocess.Popen(  # noqa: S603 - our own programs
                    command,
                    cwd=ROOT,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise ChildFailed(f"{name} cannot be started: {error}") from None
        child = Child(name, process, log)
        self._running.append(child)
        return child

    def kill(self, child: Child) -> None:
        """End a child at once, as a power cut would."""
        _signal(child, signal.SIGKILL)
        child.process.wait()
        self._running.remove(child)

    async def watch(self) -> NoReturn:
        """Wait for ever; raises ChildFailed when a child ends."""
        while True:
            for child in self._running:
                if child.has_ended:
                    child.fail(f"ended with status {child.process.returncode}")
            await asyncio.sleep(LOOK_EVERY)

    def stop(self) -> None:
        """End all of them. It waits without giving way: a signal that comes now cannot cut it short.

        The first one started is the last to end: the others talk to it until they do.
        """
        _end(self._running[1:])
        _end(self._running[:1])
        self._running.clear()


async def ready(child: Child, is_ready: Callable[[], Awaitable[bool]], within: float = 60) -> None:
    """Wait until a child does its work. Raises ChildFailed when it ends before, or takes longer."""
    try:
        async with asyncio.timeout(within):
            while not await is_ready():
                if child.has_ended:
                    child.fail(f"ended with status {child.process.returncode} while it started")
                await asyncio.sleep(LOOK_EVERY)
    except TimeoutError:
        child.fail(f"was not ready within {within:.0f} s")


async def has_said(child: Child, words: str, since: int = 0) -> bool:
    """Whether a child's log holds these words behind its first `since` characters."""
    return words in child.log.read_text(errors="replace")[since:]


def _end(children: Sequence[Child]) -> None:
    for child in children:
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0, deadline - time.monotonic()))
        _signal(child, signal.SIGKILL)
        child.process.wait()


def _signal(child: Child, number: signal.Signals) -> None:
    # once it has been waited for, its number may belong to a stranger
    if not child.has_ended:
        os.killpg(child.process.pid, number)
