"""What commands that run for a while and report share: their numbers, their folder, and how they end."""

import asyncio
import contextlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from tools.demo.folder import FolderRefused
from tools.demo.progress import console
from tools.local_stack.processes import ChildFailed

T = TypeVar("T")


def count(text: str) -> int:
    """One or more, as an argument of a command. Raises ValueError."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


async def until_stopped(work: Coroutine[object, object, T]) -> T | None:
    """What the work returns; None when SIGINT, SIGTERM or SIGHUP came first, once it has cleaned up."""
    running = asyncio.create_task(work)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        return await running
    return None


def reported(
    module: str,
    title: str,
    *,
    folder: Path | None,
    work: Callable[[Path, Console], Coroutine[object, object, T]],
    is_right: Callable[[Console, T], bool],
    failures: tuple[type[Exception], ...] = (),
) -> int:
    """Do the work, and have `is_right` tell what came of it. 0 all is right, 1 it is not, or a signal came
    first, or one of the `failures` that the work can raise beside the stage's own: one line on stderr.

    Without a `folder` there is a new one, which is deleted when all is right: else its logs are wanted.
    """
    failures = (ChildFailed, FolderRefused, OSError, *failures)
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
    if not is_right(out, result):
        return 1
    if folder is None:
        shutil.rmtree(path)
    return 0
