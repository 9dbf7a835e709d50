"""Heartbeats while a gateway call runs, so that a dead worker is noticed in seconds."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from temporalio import activity

BEAT_EVERY = 1.0
"""Seconds."""


def _nothing() -> Sequence[object]:
    return ()


@asynccontextmanager
async def beating(told: Callable[[], Sequence[object]] = _nothing) -> AsyncIterator[None]:
    """Heartbeat in the background for as long as the block runs; also lets a cancellation through.

    What `told` returns is there for the next try, should this one die.
    """
    beats = asyncio.create_task(_beat(told))
    try:
        yield
    finally:
        beats.cancel()


async def _beat(told: Callable[[], Sequence[object]]) -> None:
    while True:
        activity.heartbeat(*told())
        await asyncio.sleep(BEAT_EVERY)
