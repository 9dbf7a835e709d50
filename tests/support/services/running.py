"""The two processes as an operator runs them: by their file, with an environment and nothing else."""

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
"""Seconds; far below the time a container is given."""


@dataclass
class Running:
    """A process and what it has said on stderr so far."""

    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)

    async def says(self, pattern: str) -> re.Match[str]:
        """The first line, from now on, that matches."""
        assert self.process.stderr is not None
        while line := (await self.process.stderr.readline()).decode():
            self.said.append(line.rstrip())
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"never said {pattern!r}: {self.said}")

    async def ends(self) -> int:
        """Its exit status."""
        assert self.process.stderr is not None
        async with asyncio.timeout(END_WITHIN):
            rest = (await self.process.stderr.read()).decode()
            self.said += rest.splitlines()
            return await self.process.wait()


@asynccontextmanager
async def running(file: str, environment: Mapping[str, str]) -> AsyncIterator[Running]:
    """Run a process; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / file),
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
