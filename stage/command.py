"""What commands that run for a while share: numbers that they are given, and signals that end them."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import TypeVar

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
