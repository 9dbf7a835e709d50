"""A shell into which a test types the lines of the guide, as a reader does."""

import asyncio
import os
import re
import secrets
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

END_WITHIN = 10.0
"""Seconds that a program has to end when its terminal is closed."""


class Terminal:
    """A running shell. A command that fails ends it; a wait then raises AssertionError with its output."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._output = ""
        self._end = ""

    async def run(self, lines: str) -> str:
        """Types lines, waits until they are done, and returns what they have printed."""
        await self.type(lines)
        return await self.finished()

    async def type(self, lines: str) -> None:
        """Types lines, and does not wait for them."""
        assert self._process.stdin is not None
        self._output, self._end = "", f"end of lines {secrets.token_hex(8)}\n"
        script = self._folder / "lines"
        script.write_text(lines)
        # a file, because a program could read the lines after it from the shell's own input
        self._process.stdin.write(f". {script} </dev/null\nprintf '%s' '{self._end}'\n".encode())
        await self._process.stdin.drain()

    async def finished(self) -> str:
        """Waits until the lines are done, and returns what they have printed."""
        await self._wait_for(re.escape(self._end))
        return self._output.removesuffix(self._end)

    async def prints(self, pattern: str) -> str:
        """Waits until something is printed that matches, and returns the match's first group."""
        return (await self._wait_for(pattern))[1]

    async def _wait_for(self, pattern: str) -> re.Match[str]:
        assert self._process.stdout is not None
        while (match := re.search(pattern, self._output)) is None:
            read = await self._process.stdout.read(65_536)
            assert read, f"the shell has ended before it printed {pattern!r}:\n{self._output}"
            self._output += read.decode(errors="replace")
        return match


@asynccontextmanager
async def terminal(folder: Path, notes: Path, end_within: float = END_WITHIN) -> AsyncIterator[Terminal]:
    """Yields a shell in a folder, which ends with the block; `notes` is a folder for the terminal's own file.

    It has the environment of this process, by which npm finds its registry, without the settings of another
    Temporal or Holdfast.
    """
    shell = await asyncio.create_subprocess_exec(
        "bash",
        "--noprofile",
        "--norc",
        "-e",
        "-o",
        "pipefail",
        cwd=folder,
        env=_environment(notes),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield Terminal(shell, notes)
    finally:
        await _end(shell, end_within)


async def _end(shell: asyncio.subprocess.Process, within: float) -> None:
    assert shell.stdin is not None
    shell.stdin.close()
    try:
        async with asyncio.timeout(within):
            await shell.wait()
    except TimeoutError:
        os.killpg(shell.pid, signal.SIGKILL)
        await shell.wait()


def _environment(notes: Path) -> Mapping[str, str]:
    others = ("TEMPORAL_", "HOLDFAST_", "ANTOM_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    # no profile file of Temporal is read, and what a program prints arrives at once
    return {**kept, "XDG_CONFIG_HOME": str(notes), "PYTHONUNBUFFERED": "1"}
