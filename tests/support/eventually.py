"""Waits for a condition with a time limit."""

import asyncio

from tools.local_stack.waiting import Condition, until


async def eventually(condition: Condition, within: float = 60) -> None:
    """Waits until the condition holds, for so many seconds at most. Raises TimeoutError.

    The default is more than a busy machine needs.
    """
    async with asyncio.timeout(within):
        await until(condition, every=0.02)
