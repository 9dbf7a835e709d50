"""Everything a Temporal server holds about every workflow, and where it is."""

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
from tests.support.leaks.stored import in_clear, opened


@dataclass(frozen=True)
class Held:
    """One message of the server. `is_ours`: false for what another client has sent and Holdfast refused."""

    place: str
    message: Message
    is_ours: bool = True


async def everything(client: Client) -> AsyncIterator[Held]:
    """Descriptions (search attributes, memos, user metadata, pending activities), histories, schedules."""
    async for execution in client.list_workflows():
        name = f"{execution.workflow_type} {execution.id}"
        yield Held(f"{name}: description", await _described(client, execution))
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        history = await handle.fetch_history()
        was_refused = execution.status is WorkflowExecutionStatus.FAILED
        for event in history.events:
            is_start = event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
            kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
            yield Held(f"{name}: {kind}", event, is_ours=not (is_start and was_refused))
    for entry in await _schedules(client):
        about = DescribeScheduleRequest(namespace=client.namespace, schedule_id=entry.schedule_id)
        description = await client.workflow_service.describe_schedule(about, retry=True)
        yield Held(f"schedule {entry.schedule_id}", description)


async def _described(client: Client, execution: WorkflowExecution) -> Message:
    which = Execution(workflow_id=execution.id, run_id=execution.run_id)
    about = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=which)
    return await client.workflow_service.describe_workflow_execution(about, retry=True)


async def _schedules(client: Client) -> Iterable[ScheduleListEntry]:
    listed = ListSchedulesRequest(namespace=client.namespace, maximum_page_size=100)
    return (await client.workflow_service.list_schedules(listed, retry=True)).schedules


async def leaks_of(held: Held, codec: PayloadCodec | None, *, is_sealed: bool = True) -> list[Finding]:
    """What a message holds that it must not: as it is stored, and when it is decrypted.

    Where no codec key is set (`is_sealed` false) only card data is a finding.
    """
    found = set(_stored(held)) if is_sealed else set()
    if held.is_ours:
        found.update(card_data_in(held.place, await opened(held.message, codec)))
    return sorted(found)


def _stored(held: Held) -> Iterator[Finding]:
    data = held.message.SerializeToString()
    yield from card_data_in(held.place, data)
    yield from person_in(held.place, data)
    yield from (Finding(held.place, way, "not encrypted") for way in in_clear(held.message))
