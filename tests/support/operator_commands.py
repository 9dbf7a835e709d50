"""Commands of `temporal` on one payment, as an operator runs them."""

from tests.support.crashes.system import SystemUnderTest
from tests.support.eventually import eventually
from tests.support.services.temporal_command import temporal_command

_SCHEDULED = 1
"""The state of an activity that waits for its next try."""


async def workflow(system: SystemUnderTest, reference: str, command: str, *options: str) -> str:
    """Runs `temporal workflow COMMAND` on the payment; returns its output."""
    payment = ("--workflow-id", system.handle(reference).id)
    return await temporal_command(system.client, "workflow", *command.split(), *payment, *options)


async def activity(system: SystemUnderTest, reference: str, command: str, name: str, *options: str) -> str:
    """Runs `temporal activity COMMAND` on the payment's pending activity of this name."""
    ids = (
        "--workflow-id",
        system.handle(reference).id,
        "--activity-id",
        await _id_of(system, reference, name),
    )
    return await temporal_command(system.client, "activity", command, *ids, *options)


async def reset_to_last_task(system: SystemUnderTest, reference: str, *run: str) -> None:
    """Resets the payment, or its run of `--run-id`, as the operations page allows it."""
    options = ("--type", "LastWorkflowTask", "--reapply-exclude", "Signal", "--reason", "a test")
    await workflow(system, reference, "reset", *options, *run)


async def until_repeated(system: SystemUnderTest, reference: str, name: str) -> None:
    """Waits until an activity has failed once, and waits for its next try."""

    async def is_repeated() -> bool:
        if not await system.history_length(reference):
            return False
        pending = (await system.handle(reference).describe()).raw_description.pending_activities
        return any(
            each.activity_type.name == name and each.attempt > 1 and each.state == _SCHEDULED
            for each in pending
        )

    await eventually(is_repeated)


async def _id_of(system: SystemUnderTest, reference: str, name: str) -> str:
    pending = (await system.handle(reference).describe()).raw_description.pending_activities
    return next(each.activity_id for each in pending if each.activity_type.name == name)
