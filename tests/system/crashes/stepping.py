"""Brings a payment to an exact point of its life: a process lives in slices of time and is frozen between.

While it is frozen it changes nothing, so that what is seen then is what a kill will find.
"""

import asyncio
from collections.abc import Awaitable, Callable

from tests.support.crashes.process import Process

SLICE = 0.002
"""Seconds: less than a process needs for one step."""
WITHIN = 30.0


async def freeze_when(process: Process, reached: Callable[[], Awaitable[bool]]) -> None:
    """Let the process go on until the point is reached; it is frozen then. Raises TimeoutError."""
    process.freeze()
    async with asyncio.timeout(WITHIN):
        while not await reached():
            process.thaw()
            await asyncio.sleep(SLICE)
            process.freeze()
