"""Brings a payment to an exact point: a process runs for short moments and is frozen in between.

A frozen process changes nothing, so a kill meets exactly the state that was observed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tools.local_stack.processes import Process

STEP = 0.002
"""Seconds: less than a process needs for one event."""
TIMEOUT = 30.0


async def freeze_when(process: Process, is_reached: Callable[[], Awaitable[bool]]) -> None:
    """Lets the process run until the point is reached, and leaves it frozen. Raises TimeoutError."""
    process.freeze()
    async with asyncio.timeout(TIMEOUT):
        while not await is_reached():
            process.resume()
            # other tasks of this event loop would prolong the step
            time.sleep(STEP)  # noqa: ASYNC251
            process.freeze()
