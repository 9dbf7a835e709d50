"""Heartbeats while a gateway call runs, so that a dead worker is noticed in seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity

BEAT_EVERY = 1.0
"""Seconds."""


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Heartbeat in the background for as long as the block runs; also lets a cancellation through."""
    beats = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beats.cancel()


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(BEAT_EVERY)
