"""Everything that a Temporal server stores about every workflow."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass

from google.protobuf.message import Message
from temporalio.api.common.v1 import WorkflowExecution as Execution
from temporalio.api.enums.v1 import EventType
from temporalio.api.schedule.v1 import ScheduleListEntry
from temporalio.api.workflowservice.v1 import (
    DescribeScheduleRequest,
    DescribeWorkflowExecutionRequest,
    ListSchedulesRequest,
)
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.converter import PayloadCodec

from tests.support.leaks.search import Finding, card_data_in, person_in
from tests.support.leaks.stored import decoded, plain_text


@dataclass(frozen=True)
class StoredMessage:
    """One message of the server. `is_ours`: false for the input of another client that Holdfast refused."""

    place: str
    message: Message
    is_ours: bool = True


async def everything(client: Client) -> AsyncIterator[StoredMessage]:
    """Yields histories, schedules, and descriptions with search attributes, memos and pending activities."""
    async for execution in client.list_workflows():
        name = f"{execution.workflow_type} {execution.id}"
        yield StoredMessage(f"{name}: description", await _described(client, execution))
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        history = await handle.fetch_history()
        was_refused = execution.status is WorkflowExecutionStatus.FAILED
        for event in history.events:
            is_start = event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
            kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
            yield StoredMessage(f"{name}: {kind}", event, is_ours=not (is_start and was_refused))
    for entry in await _schedules(client):
        about = DescribeScheduleRequest(namespace=client.namespace, schedule_id=entry.schedule_id)
        description = await client.workflow_service.describe_schedule(about, retry=True)
        yield StoredMessage(f"schedule {entry.schedule_id}", description)


async def _described(client: Client, execution: WorkflowExecution) -> Message:
    which = Execution(workflow_id=execution.id, run_id=execution.run_id)
    about = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=which)
    return await client.workflow_service.describe_workflow_execution(about, retry=True)


async def _schedules(client: Client) -> Iterable[ScheduleListEntry]:
    listed = ListSchedulesRequest(namespace=client.namespace, maximum_page_size=100)
    return (await client.workflow_service.list_schedules(listed, retry=True)).schedules


async def leaks_of(
    stored: StoredMessage, codec: PayloadCodec | None, *, is_encrypted: bool = True
) -> list[Finding]:
    """Returns the findings in a message: as stored, and decrypted.

    Without a codec key (`is_encrypted` false) only card data is a finding.
    """
    found = set(_as_stored(stored)) if is_encrypted else set()
    if stored.is_ours:
        found.update(card_data_in(stored.place, await decoded(stored.message, codec)))
    return sorted(found)


def _as_stored(stored: StoredMessage) -> Iterator[Finding]:
    data = stored.message.SerializeToString()
    yield from card_data_in(stored.place, data)
    yield from person_in(stored.place, data)
    yield from (Finding(stored.place, path, "not encrypted") for path in plain_text(stored.message))
