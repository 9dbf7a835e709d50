"""Operating system processes that a tool or a test starts, freezes, ends and starts again.

Every process leads a process group of its own. Signals go to that group by its id, never by a name.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn, Self

from tools.local_stack.waiting import Condition, is_met, until

GRACE = 3.0
"""Seconds from SIGTERM to SIGKILL when a group of processes ends."""
READY_WITHIN = 60.0
END_WITHIN = 60.0
"""Seconds."""
MAX_LOG_EXCERPT = 200
POLL_INTERVAL = 0.02
ROOT = Path(__file__).parents[2]

IsReady = Callable[["Process"], bool | Awaitable[bool]]


class ProcessFailed(Exception):
    """A process ended by itself or was not ready in time; the message is one line that names its log."""


class Process:
    """One process by name, which can be started several times.

    It sees the variables of `environment` alone. It logs to a file, so that it never waits for a reader, and
    runs in the folder of that file.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        is_ready: IsReady | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment
        self._is_ready = is_ready or _is_alive
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._should_run = False

    @property
    def is_alive(self) -> bool:
        """Whether the process runs or is frozen."""
        return self._process is not None and self._process.poll() is None

    @property
    def has_failed(self) -> bool:
        """Whether the process has ended by itself."""
        return self._should_run and not self.is_alive

    @property
    def pid(self) -> int:
        """The id of the process that was started last. Raises ProcessFailed before the first start."""
        if self._process is None:
            raise ProcessFailed(f"{self.name} was not started")
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """The exit status, negative for a signal; None while the process runs and before the first start."""
        return self._process.poll() if self._process is not None else None

    @property
    def output(self) -> str:
        """What the process has logged since its last start."""
        return self.log.read_bytes()[self._log_start :].decode(errors="replace")

    def launch(self) -> None:
        """Starts the process unless it is alive, and does not wait for it. Raises ProcessFailed."""
        if self.is_alive:
            return
        with self.log.open("ab") as output:
            self._log_start = output.tell()
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own programs
                    self._command,
                    cwd=self.log.parent,
                    env=dict(self._environment),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise ProcessFailed(f"{self.name} cannot be started: {error}") from None
        self._should_run = True

    async def start(self) -> None:
        """Starts the process unless it is alive, resumes it, and waits until it is ready.

        Raises ProcessFailed when it ends before, or when that takes longer than READY_WITHIN.
        """
        self.launch()
        self.resume()
        await self.wait_until(lambda: self._is_ready(self))

    async def wait_until(self, condition: Condition, within: float = READY_WITHIN) -> None:
        """Waits for a condition that this process is to bring about, for so many seconds.

        Raises ProcessFailed when the process ends before, or when the time is up.
        """

        async def holds() -> bool:
            is_alive = self.is_alive
            if await is_met(condition):
                return True
            if not is_alive:
                self.fail(f"ended with status {self.exit_status} while it was waited for")
            return False

        try:
            async with asyncio.timeout(within):
                await until(holds, every=POLL_INTERVAL)
        except TimeoutError:
            self.fail(f"was not ready within {within:.0f} s")

    def send_signal(self, number: signal.Signals) -> None:
        """Sends a signal to the process and its own children; does nothing when it has ended."""
        # a process that has been waited for no longer owns its id
        if self._process is not None and self.is_alive:
            os.killpg(self._process.pid, number)

    def freeze(self) -> None:
        """Stops execution with SIGSTOP; the process keeps its memory and its connections."""
        self.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Continues a frozen process with SIGCONT."""
        self.send_signal(signal.SIGCONT)

    def expect_end(self) -> None:
        """Marks the end of this process as intended, so that it does not count as a failure."""
        self._should_run = False

    async def kill(self) -> None:
        """Ends the process with SIGKILL, as a power failure would."""
        self.expect_end()
        self.send_signal(signal.SIGKILL)
        await self.wait_until_ended()

    async def terminate(self, within: float = END_WITHIN) -> int | None:
        """Sends SIGTERM and returns the exit status. Raises TimeoutError after so many seconds."""
        self.expect_end()
        self.send_signal(signal.SIGTERM)
        return await self.wait_until_ended(within)

    async def restart(self) -> None:
        """Kills the process and starts it again. Raises ProcessFailed."""
        await self.kill()
        await self.start()

    async def wait_until_ended(self, within: float = END_WITHIN) -> int | None:
        """Returns the exit status once the process has ended. Raises TimeoutError after so many seconds."""
        async with asyncio.timeout(within):
            await until(lambda: not self.is_alive, every=POLL_INTERVAL)
        return self.exit_status

    def fail(self, what: str) -> NoReturn:
        """Raises ProcessFailed with the last line of the log."""
        lines = self.log.read_text(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "none")
        raise ProcessFailed(
            f"{self.name} {what}; last line of its log: {last[:MAX_LOG_EXCERPT]} ({self.log})"
        )

    def wait_for_exit(self, seconds: float) -> None:
        """Blocks until the process has ended, for so many seconds at most."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)


class ProcessGroup:
    """The processes of one program; as a context, it ends all of them when its block ends."""

    def __init__(self) -> None:
        self._processes: list[Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def add(self, process: Process) -> Process:
        """Takes over a process, started or not, and returns it."""
        self._processes.append(process)
        return process

    async def watch(self) -> NoReturn:
        """Raises ProcessFailed when a process ends by itself, and does not return otherwise."""
        while True:
            self.check()
            await asyncio.sleep(POLL_INTERVAL)

    def check(self) -> None:
        """Raises ProcessFailed when a process has ended by itself."""
        for process in self._processes:
            if process.has_failed:
                process.fail(f"ended with status {process.exit_status}")

    def stop(self) -> None:
        """Ends all processes with SIGTERM, and with SIGKILL after GRACE seconds.

        It blocks, so that no cancellation interrupts it. The first process ends last: the others use it.
        """
        _end(self._processes[1:])
        _end(self._processes[:1])


def _is_alive(process: Process) -> bool:
    return process.is_alive


def _end(processes: Sequence[Process]) -> None:
    for process in processes:
        process.expect_end()
        process.send_signal(signal.SIGTERM)
        process.resume()
    deadline = time.monotonic() + GRACE
    for process in processes:
        process.wait_for_exit(max(0, deadline - time.monotonic()))
        process.send_signal(signal.SIGKILL)
        process.wait_for_exit(END_WITHIN)
