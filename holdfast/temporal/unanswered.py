"""What Temporal knows about a payment whose call had no answer: why, and what may have happened.

Temporal keeps a request for a worker. Where none comes, or every one fails, the caller waits until its own
time is over. The caller then asks Temporal for the state of the workflow, which needs no worker.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import PendingWorkflowTaskState, TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import PendingWorkflowTaskInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from holdfast.errors import PaymentUnavailable, UnavailableReason
from holdfast.temporal.names import workflow_id

UNSENT_EVENTS = 4
"""A first run with so few events has scheduled no activity: start, task scheduled, started, completed."""
_POLLED_WITHIN = timedelta(seconds=70)
"""A worker that runs polls at least once in a minute."""
_AGAIN = "make the same call again, with the same reference"


async def unanswered(
    client: Client, payment_reference: str, waited: timedelta, within: timedelta, task_queue: str
) -> PaymentUnavailable:
    """Returns the error of a call that has waited without an answer.

    Args:
        client: The Temporal client.
        payment_reference: The payment.
        waited: How long the call has waited.
        within: The longest time of each of the two questions to Temporal.
        task_queue: The task queue on which the workers of payments poll.
    """
    prefix = f"payment {payment_reference}: no answer within {waited.total_seconds():g} s"
    handle = client.get_workflow_handle(workflow_id(payment_reference))
    try:
        # a lazy client that is still connecting does not keep to the limit of a call
        async with asyncio.timeout(within.total_seconds()):
            found = await handle.describe(rpc_timeout=within)
    except RPCError as error:
        return _not_described(error.status, prefix)
    except (TimeoutError, RuntimeError):
        return _not_described(RPCStatusCode.UNAVAILABLE, prefix)
    task = found.raw_description.pending_workflow_task
    if task.attempt > 1:
        return _started(found, f"{prefix}: {_FAILS.format(attempt=task.attempt)}", _R.WORKER_FAILS)
    if _waits(task) or not await _has_workers(client, task_queue, within):
        return _started(found, f"{prefix}: {_NO_WORKER.format(queue=task_queue)}", _R.NO_WORKER)
    return _started(found, f"{prefix}: it runs, and its worker is busy or has lost the request", _R.NO_ANSWER)


_R = UnavailableReason
_NO_WORKER = "Temporal has it, and no worker takes it; start worker.py (task queue {queue})"
_FAILS = (
    "Temporal has it, and its workers fail (attempt {attempt} of one task); read their log, the usual cause "
    "is HOLDFAST_CODEC_KEYS without this process's key"
)


def _not_described(status: RPCStatusCode, prefix: str) -> PaymentUnavailable:
    if status is RPCStatusCode.NOT_FOUND:
        return PaymentUnavailable(
            f"{prefix}: Temporal does not have it so far, unless the request is still on its way; {_AGAIN}",
            reason=_R.NOT_STARTED,
            is_started=False,
        )
    return PaymentUnavailable(
        f"{prefix}: Temporal does not answer, so that it is not known whether it has the request; {_AGAIN}",
        reason=_R.TEMPORAL_UNREACHABLE,
    )


def _started(found: WorkflowExecutionDescription, what: str, reason: UnavailableReason) -> PaymentUnavailable:
    is_unsent = _is_unsent(found)
    money = "nothing was sent to the gateway so far" if is_unsent else "money may be held"
    return PaymentUnavailable(
        f"{what}; {money}; {_AGAIN}", reason=reason, is_started=True, may_hold_money=not is_unsent
    )


def _is_unsent(found: WorkflowExecutionDescription) -> bool:
    """Returns whether the payment has certainly made no call of the gateway."""
    info = found.raw_description.workflow_execution_info
    return info.first_run_id == info.execution.run_id and 0 < info.history_length <= UNSENT_EVENTS


def _waits(task: PendingWorkflowTaskInfo) -> bool:
    return task.state == PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED


async def _has_workers(client: Client, task_queue: str, within: timedelta) -> bool:
    """Returns whether a worker has polled a moment ago; True where Temporal does not answer that."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    try:
        answer = await client.workflow_service.describe_task_queue(request, timeout=within)
    except RPCError:
        return True
    polls: Sequence[datetime] = [p.last_access_time.ToDatetime(UTC) for p in answer.pollers]
    return any(datetime.now(UTC) - at < _POLLED_WITHIN for at in polls)
