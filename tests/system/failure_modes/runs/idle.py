"""Waits until a payment is idle: until it waits only for time, which the test can skip."""

import asyncio
from dataclasses import dataclass

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from holdfast import Payment

_POLL_INTERVAL = 0.1
_TIMEOUT = 60.0
"""Seconds."""


@dataclass(frozen=True)
class _Snapshot:
    """A snapshot of a workflow: what changes with each event, and whether anything is in progress."""

    events: int
    activities: tuple[tuple[str, int, int], ...] = ()
    is_in_progress: bool = False


async def until_idle(handle: WorkflowHandle[object, Payment], *, beyond: int = 0) -> None:
    """Waits until two consecutive snapshots are equal and nothing is in progress. Raises TimeoutError.

    With `beyond`, a number of events, it waits until the history is longer than that.
    """
    async with asyncio.timeout(_TIMEOUT):
        last = await _snapshot(handle)
        while True:
            await asyncio.sleep(_POLL_INTERVAL)
            snapshot = await _snapshot(handle)
            if snapshot == last and not snapshot.is_in_progress and snapshot.events > beyond:
                return
            last = snapshot


async def events_of(handle: WorkflowHandle[object, Payment]) -> int:
    """Returns the number of events in the history; 0 where there is none."""
    return (await _snapshot(handle)).events


async def _snapshot(handle: WorkflowHandle[object, Payment]) -> _Snapshot:
    try:
        description = await handle.describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return _Snapshot(0, is_in_progress=True)
    raw = description.raw_description
    if description.status is not WorkflowExecutionStatus.RUNNING:
        return _Snapshot(description.history_length)
    pending = raw.pending_activities
    return _Snapshot(
        events=description.history_length,
        activities=tuple((each.activity_id, each.attempt, each.state) for each in pending),
        is_in_progress=raw.HasField("pending_workflow_task")
        or not all(each.HasField("next_attempt_schedule_time") for each in pending),
    )
