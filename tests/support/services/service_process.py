"""A process of Holdfast as an operator runs it: started by its file, with an environment and no arguments."""

import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.local_stack.processes import ROOT, Process


@dataclass
class ServiceProcess:
    """A running process and the lines that it has logged so far."""

    process: Process
    log_lines: list[str] = field(default_factory=list)
    _searched: int = 0

    async def wait_for_log(self, pattern: str) -> re.Match[str]:
        """Waits for the next line that matches, and returns the match. Raises ProcessFailed."""
        matches: list[re.Match[str]] = []

        def is_logged() -> bool:
            matches.extend(self._search(pattern))
            return bool(matches)

        await self.process.wait_until(is_logged)
        return matches[0]

    async def wait_for_exit(self) -> int | None:
        """Waits for the end of the process, and returns its exit status. Raises TimeoutError."""
        status = await self.process.wait_until_ended()
        self.read_log()
        return status

    def read_log(self) -> None:
        """Reads all complete lines of the log."""
        self.log_lines = self.process.output.split("\n")[:-1]

    def _search(self, pattern: str) -> list[re.Match[str]]:
        """Searches the lines that were not searched before, up to the first match."""
        self.read_log()
        for number in range(self._searched, len(self.log_lines)):
            self._searched = number + 1
            if match := re.search(pattern, self.log_lines[number]):
                return [match]
        return []


@asynccontextmanager
async def running_process(file: str, environment: Mapping[str, str]) -> AsyncIterator[ServiceProcess]:
    """Runs a process inside the block, and kills it at the end if it still runs."""
    variables = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / f"{file}.log"
        process = Process(file, [sys.executable, str(ROOT / file)], variables, log)
        process.launch()
        service = ServiceProcess(process)
        try:
            yield service
        finally:
            await process.kill()
            service.read_log()


async def port_of(server: ServiceProcess) -> int:
    """Waits until an HTTP server has logged its address on the loopback host, and returns its port."""
    return int((await server.wait_for_log(r"listening on 127\.0\.0\.1:(\d+)"))[1])
