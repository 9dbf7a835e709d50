"""When a payment is at rest: all that it waits for is time, which can be skipped."""

import asyncio
from dataclasses import dataclass

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from holdfast import Payment

_BETWEEN_LOOKS = 0.1
_AT_MOST = 60.0
"""Seconds."""


@dataclass(frozen=True)
class _Look:
    """A look at a workflow: what changes when something happens, and whether something is under way."""

    events: int
    tries: tuple[tuple[str, int, int], ...] = ()
    is_under_way: bool = False


async def rest(handle: WorkflowHandle[object, Payment], *, beyond: int = 0) -> None:
    """Wait until two looks see the same, and nothing under way. Raises TimeoutError.

    `beyond` is a number of events: it begins after the next one.
    """
    async with asyncio.timeout(_AT_MOST):
        last = await _look(handle)
        while True:
            await asyncio.sleep(_BETWEEN_LOOKS)
            look = await _look(handle)
            if look == last and not look.is_under_way and look.events > beyond:
                return
            last = look


async def events_of(handle: WorkflowHandle[object, Payment]) -> int:
    """How long the history is; 0 where there is none."""
    return (await _look(handle)).events


async def _look(handle: WorkflowHandle[object, Payment]) -> _Look:
    try:
        description = await handle.describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return _Look(0, is_under_way=True)
    raw = description.raw_description
    if description.status is not WorkflowExecutionStatus.RUNNING:
        return _Look(description.history_length)
    pending = raw.pending_activities
    return _Look(
        events=description.history_length,
        tries=tuple((each.activity_id, each.attempt, each.state) for each in pending),
        is_under_way=raw.HasField("pending_workflow_task")
        or not all(each.HasField("next_attempt_schedule_time") for each in pending),
    )
