"""Waits for a condition that no event announces, such as the state of another process."""

import asyncio
from collections.abc import Awaitable, Callable

Condition = Callable[[], bool | Awaitable[bool]]


async def until(condition: Condition, *, every: float) -> None:
    """Checks the condition every so many seconds and returns once it holds. The caller sets a time limit."""
    while not await is_met(condition):  # noqa: ASYNC110 - no event is set where this is called
        await asyncio.sleep(every)


async def is_met(condition: Condition) -> bool:
    """Evaluates a condition that returns its result directly or as an awaitable."""
    result = condition()
    return result if isinstance(result, bool) else await result
