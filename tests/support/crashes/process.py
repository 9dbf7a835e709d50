"""One operating system process that a test starts, freezes, kills and starts again."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from tests.support.eventually import eventually

START_WITHIN = 60.0
END_WITHIN = 60.0


class Process:
    """Killed by its id alone; what it says goes to a file, so that it never waits for a reader."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        is_ready: "Callable[[Process], Awaitable[bool]]",
    ) -> None:
        self._command = command
        self._environment = environment
        self._log = log
        self._is_ready = is_ready
        self._began_at = 0
        self._process: asyncio.subprocess.Process | None = None

    def beside(
        self, command: Sequence[str], name: str, is_ready: "Callable[[Process], Awaitable[bool]]"
    ) -> "Process":
        """Another process in the same environment, which logs beside this one."""
        return Process(command, self._environment, self._log.with_name(f"{name}.log"), is_ready)

    @property
    def is_alive(self) -> bool:
        """Whether it runs, or is frozen."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The id of the process that was started last."""
        assert self._process is not None
        return self._process.pid

    @property
    def said(self) -> str:
        """What it has said since its last start."""
        return self._log.read_bytes()[self._began_at :].decode(errors="replace")

    async def start(self) -> None:
        """Start it unless it runs; returns when it serves. Raises AssertionError with what it said."""
        if not self.is_alive:
            with self._log.open("ab") as log:
                self._began_at = log.tell()
                self._process = await asyncio.create_subprocess_exec(
                    *self._command, env=self._environment, stdout=log, stderr=log, cwd=self._log.parent
                )
        self.thaw()
        try:
            await eventually(self._serves, START_WITHIN)
        except TimeoutError:
            raise AssertionError(f"{self._command} does not serve: {self.said}") from None

    async def _serves(self) -> bool:
        assert self.is_alive, f"{self._command} has ended: {self.said}"
        return await self._is_ready(self)

    def freeze(self) -> None:
        """SIGSTOP: it keeps everything it has and does nothing."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if no time had passed."""
        self._send(signal.SIGCONT)

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        self._send(signal.SIGKILL)
        await self.ended()

    async def stop(self) -> int | None:
        """SIGTERM; its exit status."""
        self._send(signal.SIGTERM)
        return await self.ended()

    async def restart(self) -> None:
        """SIGKILL, and a new one at once."""
        await self.kill()
        await self.start()

    async def ended(self) -> int | None:
        """Its exit status, once it has ended; None when it was never started."""
        if self._process is None:
            return None
        async with asyncio.timeout(END_WITHIN):
            return await self._process.wait()

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None and self.is_alive:
            self._process.send_signal(number)
