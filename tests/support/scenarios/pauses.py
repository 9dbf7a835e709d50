"""Time that is skipped only while a payment waits."""

from datetime import timedelta

from tests.support.eventually import eventually
from tests.support.world import World


async def skip_pauses(world: World, reference: str, times: int, *, step: timedelta) -> None:
    """Skips time in so many steps, each of them in a pause of the payment, or until it has ended."""
    for _ in range(times):
        await eventually(lambda: _has_paused(world, reference))
        if not await world.skip(reference, step):
            return


async def _has_paused(world: World, reference: str) -> bool:
    """Whether neither a call nor a task of the workflow is in progress, so that it waits or has ended."""
    events = await world.events(reference)
    tasks = [event for event in events if event.startswith("WORKFLOW_TASK")]
    ends = [f"ACTIVITY_TASK_{end}" for end in ("COMPLETED", "FAILED", "TIMED_OUT", "CANCELED")]
    is_calling = events.count("ACTIVITY_TASK_SCHEDULED") > sum(events.count(end) for end in ends)
    return tasks[-1] == "WORKFLOW_TASK_COMPLETED" and not is_calling
