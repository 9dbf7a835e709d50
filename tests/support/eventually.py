"""Waiting for something that others do."""

import asyncio
from collections.abc import Awaitable, Callable

from tools.local_stack.waiting import until


async def eventually(condition: Callable[[], bool | Awaitable[bool]], within: float = 60) -> None:
    """Wait for it, so many seconds at most: more than it takes on a machine that has other work.

    Raises TimeoutError.
    """
    async with asyncio.timeout(within):
        await until(condition, every=0.02)
