"""Waits for a condition that another task or process brings about."""

import asyncio
from collections.abc import Awaitable, Callable

from tools.local_stack.waiting import until


async def eventually(condition: Callable[[], bool | Awaitable[bool]], within: float = 60) -> None:
    """Waits until the condition holds, for `within` seconds at most.

    The default leaves time for a machine under load. Raises TimeoutError.
    """
    async with asyncio.timeout(within):
        await until(condition, every=0.02)
