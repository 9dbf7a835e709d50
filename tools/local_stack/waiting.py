"""Waiting for what another process does, or another task, and tells nobody of."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], bool | Awaitable[bool]], *, every: float) -> None:
    """Look once in so many seconds, until it holds. The caller says how long it may take, if anybody does."""
    while not await _answer(holds()):  # noqa: ASYNC110 - nothing sets an event where this is called
        await asyncio.sleep(every)


async def _answer(told: bool | Awaitable[bool]) -> bool:
    return told if isinstance(told, bool) else await told
