"""Resets as an operator makes them, with Temporal's own command."""

from temporalio.api.enums.v1 import EventType

from tests.support.services.temporal_command import temporal_command
from tests.support.world import World


async def reset_activity(world: World, reference: str) -> None:
    """Resets the pending activity of a payment: its attempts are counted from 1 again."""
    about = await world.handle(reference).describe()
    (pending,) = about.raw_description.pending_activities
    await temporal_command(
        world.client,
        *("activity", "reset"),
        *("--workflow-id", world.handle(reference).id, "--activity-id", pending.activity_id),
    )


async def first_task(world: World, reference: str) -> int:
    """Returns the event to which a reset repeats all of a payment."""
    return (await _completed_tasks(world, reference))[0]


async def last_task(world: World, reference: str) -> int:
    """Returns the event to which a reset repeats only the payment's last task."""
    return (await _completed_tasks(world, reference))[-1]


async def task_before_activity(world: World, reference: str, number: int) -> int:
    """Returns the event to which a reset repeats a payment from its n-th activity on, counted from 1."""
    history = await world.handle(reference).fetch_history()
    kind = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    scheduled = [event.event_id for event in history.events if event.event_type == kind]
    return max(task for task in await _completed_tasks(world, reference) if task < scheduled[number - 1])


async def reset_workflow(world: World, reference: str, event: int, *, reapply: bool = True) -> None:
    """Resets a payment to the task that this event completes.

    The later signals and updates are applied again by default, as by Temporal's own default.
    """
    excluded = () if reapply else ("--reapply-exclude", "All")
    await temporal_command(
        world.client,
        *("workflow", "reset", "--workflow-id", world.handle(reference).id),
        *("--event-id", str(event), "--reason", "a test of resets", *excluded),
    )


async def _completed_tasks(world: World, reference: str) -> list[int]:
    history = await world.handle(reference).fetch_history()
    kind = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return [event.event_id for event in history.events if event.event_type == kind]
