"""A process of Holdfast as an operator runs it: started by its file, with an environment and no arguments."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]
END_WITHIN = 60.0
"""Seconds, far below the time that a container has for its end."""


@dataclass
class ServiceProcess:
    """A running process and the lines that it has written to stderr so far."""

    process: asyncio.subprocess.Process
    log_lines: list[str] = field(default_factory=list)

    async def wait_for_log(self, pattern: str) -> re.Match[str]:
        """Waits for the next line of stderr that matches the pattern, and returns the match."""
        assert self.process.stderr is not None
        while line := (await self.process.stderr.readline()).decode():
            self.log_lines.append(line.rstrip())
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"did not log {pattern!r}: {self.log_lines}")

    async def wait_for_exit(self) -> int:
        """Waits for the end of the process, and returns its exit status."""
        assert self.process.stderr is not None
        async with asyncio.timeout(END_WITHIN):
            rest = (await self.process.stderr.read()).decode()
            self.log_lines += rest.splitlines()
            return await self.process.wait()


@asynccontextmanager
async def running_process(file: str, environment: Mapping[str, str]) -> AsyncIterator[ServiceProcess]:
    """Runs a process inside the block, and kills it at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / file),
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield ServiceProcess(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def port_of(server: ServiceProcess) -> int:
    """Waits until an HTTP server has logged its address on the loopback host, and returns its port."""
    return int((await server.wait_for_log(r"listening on 127\.0\.0\.1:(\d+)"))[1])
