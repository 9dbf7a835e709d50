"""The common part of commands that run for a while and report: console, arguments, folder, exit status."""

import asyncio
import contextlib
import io
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from tools.local_stack.folder import FolderRefused
from tools.local_stack.processes import ProcessFailed

T = TypeVar("T")
WIDE = 120
"""The columns of output that goes to a file."""


def console() -> Console:
    """Returns the console that a command prints to."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # an old locale cannot encode "→", which is no reason to fail
        sys.stdout.reconfigure(errors="replace")
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)


def count(text: str) -> int:
    """Parses an argument that is a number of one or more. Raises ValueError."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


async def until_stopped(work: Coroutine[object, object, T]) -> T | None:
    """Returns the result of the work; None when SIGINT, SIGTERM or SIGHUP has cancelled it."""
    running = asyncio.create_task(work)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        return await running
    return None


def run_and_report(
    module: str,
    title: str,
    *,
    folder: Path | None,
    work: Callable[[Path, Console], Coroutine[object, object, T]],
    report: Callable[[Console, T], bool],
    failures: tuple[type[Exception], ...] = (),
) -> int:
    """Runs the work and reports its result; `report` returns whether the result is good.

    Returns 0 for a good result. Returns 1 for another one, and, with one line on stderr, after a signal and
    after ProcessFailed, FolderRefused, OSError or one of `failures`. Without a `folder` the work gets a new
    one, which is deleted after a good result and kept for its logs otherwise.
    """
    failures = (ProcessFailed, FolderRefused, OSError, *failures)
    out, program = console(), f"python -m {module}"
    path = folder or Path(tempfile.mkdtemp(prefix=f"holdfast-{module.rpartition('.')[2]}-"))
    out.print(Text(f"{title}, logs in {path}"), soft_wrap=True)
    try:
        result = asyncio.run(until_stopped(work(path, out)))
    except failures as error:
        sys.stderr.write(f"{program}: {error}\n")
        return 1
    if result is None:
        sys.stderr.write(f"{program}: stopped by a signal\n")
        return 1
    if not report(out, result):
        return 1
    if folder is None:
        shutil.rmtree(path)
    return 0
