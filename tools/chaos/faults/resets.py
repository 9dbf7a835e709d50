"""An operator's resets of running payments: of an activity that is repeated, and of the workflow.

A workflow is reset only as docs/operations/temporal-commands.md allows it: notifications are not applied
again, and no capture, retry, cancellation or resolution is undone.
"""

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import ResetActivityRequest, ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from holdfast.temporal.names import CANCEL, CAPTURE, RESOLVE, RETRY, workflow_id

_COMMANDS = frozenset({CAPTURE, RETRY, CANCEL, RESOLVE})
_REASON = "the operator of a fault-injection run"
_POLLS, _PAUSE = 40, 0.25
"""How often, and how many seconds apart, a payment is read until one of its activities is repeated."""


class Reset(StrEnum):
    """What an operator resets."""

    ACTIVITY = "activity that is repeated"
    LAST_TASK = "workflow, to its last task"
    EARLIER_TASK = "workflow, to an earlier task"


@dataclass(frozen=True)
class PlannedReset:
    """A reset, so many seconds after the start of the payment."""

    reset: Reset
    after: float


class Operator:
    """Resets payments, and counts the resets that the server has accepted."""

    def __init__(self) -> None:
        self.resets: Counter[str] = Counter()

    async def perform(self, planned: PlannedReset, reference: str, client: Client, random_seed: str) -> None:
        """Performs one reset.

        Does nothing where the payment has ended, has nothing to reset, or Temporal does not answer. Raises
        RPCError where the server refuses the request as invalid.
        """
        await asyncio.sleep(planned.after)
        try:
            if planned.reset is Reset.ACTIVITY:
                is_done = await _reset_activity(client, reference)
            else:
                rng = random.Random(random_seed)
                is_done = await _reset_workflow(client, reference, planned.reset, rng)
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise
            return
        if is_done:
            self.resets[str(planned.reset)] += 1


async def _reset_activity(client: Client, reference: str) -> bool:
    """Resets the first activity that is repeated; returns False where none was in time."""
    for _ in range(_POLLS):
        payment = await client.get_workflow_handle(workflow_id(reference)).describe()
        if payment.status is not WorkflowExecutionStatus.RUNNING:
            return False
        pending = payment.raw_description.pending_activities
        repeated = next((each.activity_id for each in pending if each.attempt > 1), None)
        if repeated is not None:
            request = ResetActivityRequest(
                namespace=client.namespace, execution=_execution(payment), id=repeated
            )
            await client.workflow_service.reset_activity(request)
            return True
        await asyncio.sleep(_PAUSE)
    return False


async def _reset_workflow(client: Client, reference: str, reset: Reset, rng: random.Random) -> bool:
    handle = client.get_workflow_handle(workflow_id(reference))
    payment = await handle.describe()
    events = (await handle.fetch_history()).events
    tasks = reset_points(events)
    chosen = tasks[-1:] if reset is Reset.LAST_TASK else tasks[:-1]
    if payment.status is not WorkflowExecutionStatus.RUNNING or not chosen:
        return False
    point = rng.choice(chosen)
    request = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=_execution(payment),
        reason=_REASON,
        request_id=uuid.uuid4().hex,
        workflow_task_finish_event_id=point,
        reset_reapply_exclude_types=excluded_messages(events, point),
    )
    await client.workflow_service.reset_workflow_execution(request)
    return True


def reset_points(events: Sequence[HistoryEvent]) -> Sequence[int]:
    """Returns the completed workflow tasks that a reset may return to, oldest first.

    These are the last one, and those after the last accepted command of the merchant.
    """
    completed = [each.event_id for each in events if each.event_type == _COMPLETED]
    commands = [each.event_id for each in events if _is_command(each)]
    last_command = max(commands, default=0)
    return [each for each in completed if each > last_command] or completed[-1:]


def excluded_messages(
    events: Sequence[HistoryEvent], point: int
) -> Sequence[ResetReapplyExcludeType.ValueType]:
    """Returns which messages after the point of a reset are not applied again.

    Notifications never are. Updates are only where a command would be undone otherwise: an update that is
    applied again beside a new notification can come in another order when a worker replays the run.
    """
    excluded = [ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL]
    if not any(_is_command(each) for each in events if each.event_id > point):
        excluded.append(ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE)
    return excluded


_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED


def _is_command(event: HistoryEvent) -> bool:
    if event.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
        return False
    accepted = event.workflow_execution_update_accepted_event_attributes
    # an update that a reset has admitted again is accepted without its request
    name = accepted.accepted_request.input.name
    return not name or name in _COMMANDS


def _execution(payment: WorkflowExecutionDescription) -> WorkflowExecution:
    return WorkflowExecution(workflow_id=payment.id, run_id=payment.run_id)
