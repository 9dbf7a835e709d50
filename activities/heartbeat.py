"""Heartbeats of a running activity, by which the server detects a crashed worker within seconds."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from temporalio import activity

HEARTBEAT_INTERVAL = 1.0
"""Seconds between two heartbeats."""


def _no_details() -> Sequence[object]:
    return ()


@asynccontextmanager
async def heartbeating(details: Callable[[], Sequence[object]] = _no_details) -> AsyncIterator[None]:
    """Sends heartbeats in the background while the block runs, which also delivers cancellations.

    Args:
        details: Returns the details of the next heartbeat, which a later attempt of the activity can read.
    """
    heartbeats = asyncio.create_task(_send_heartbeats(details))
    try:
        yield
    finally:
        heartbeats.cancel()


async def _send_heartbeats(details: Callable[[], Sequence[object]]) -> None:
    while True:
        activity.heartbeat(*details())
        await asyncio.sleep(HEARTBEAT_INTERVAL)
