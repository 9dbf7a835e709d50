"""A worker is asked about a workflow whose current task another worker took into its grave.

The answer comes from events that no task has completed. If the new worker went on from there, the history
would not replay, and the payment would hang: the SDK's own behaviour, which
`services.worker.query_state_eviction` prevents.
"""

import asyncio
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import TaskQueueKind, TaskQueueType
from temporalio.api.taskqueue.v1 import StickyExecutionAttributes, TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    PollWorkflowTaskQueueRequest,
    PollWorkflowTaskQueueResponse,
    RespondWorkflowTaskCompletedRequest,
)
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Replayer

from tests.support.crashes.machine import Machine
from tests.support.eventually import eventually
from tests.system.crashes.two_messages import TwoMessages
from worker import build_worker

NAME = "the worker that dies"


class Dying:
    """A worker made by hand, because it must take its tasks in a certain order and answer none of them."""

    def __init__(self, client: Client, queue: str) -> None:
        self._client = client
        self._queue = TaskQueue(name=queue)
        self._own = TaskQueue(
            name=f"{queue}-own", kind=TaskQueueKind.TASK_QUEUE_KIND_STICKY, normal_name=queue
        )

    async def begin(self) -> None:
        """Do the workflow's first task; what comes next is sent to this worker first."""
        task = await self._poll(self._queue)
        await self._client.workflow_service.respond_workflow_task_completed(
            RespondWorkflowTaskCompletedRequest(
                task_token=task.task_token,
                namespace=self._client.namespace,
                identity=NAME,
                sticky_attributes=StickyExecutionAttributes(
                    worker_task_queue=self._own, schedule_to_start_timeout=Duration(seconds=1)
                ),
            )
        )

    async def take(self) -> asyncio.Task[PollWorkflowTaskQueueResponse]:
        """Take whatever comes next; returns when the server knows that somebody waits for it."""
        taken = asyncio.create_task(self._poll(self._own))
        await eventually(self._is_known)
        return taken

    async def _is_known(self) -> bool:
        about = await self._client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=self._client.namespace,
                task_queue=self._own,
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            )
        )
        return bool(about.pollers)

    async def _poll(self, queue: TaskQueue) -> PollWorkflowTaskQueueResponse:
        return await self._client.workflow_service.poll_workflow_task_queue(
            PollWorkflowTaskQueueRequest(namespace=self._client.namespace, task_queue=queue, identity=NAME)
        )


async def test_a_history_replays_after_such_a_query(machine: Machine) -> None:
    client = await Client.connect(machine.client.service_client.config.target_host)
    queue = machine.reference("tentative")
    handle = await client.start_workflow(
        TwoMessages.run, id=queue, task_queue=queue, task_timeout=timedelta(seconds=3)
    )
    question = await _asked_and_told(handle, Dying(client, queue))
    async with build_worker(client, [], workflows=[TwoMessages], task_queue=queue):
        assert await question == 1
        await handle.execute_update(TwoMessages.finish)
        assert await handle.result() == 1
    await Replayer(workflows=[TwoMessages]).replay_workflow(await handle.fetch_history())


async def _asked_and_told(handle: WorkflowHandle[TwoMessages, int], dying: Dying) -> asyncio.Task[int]:
    """A query that has no answer yet, and a signal whose task has begun: both lie with the dying worker."""
    await dying.begin()
    taken = await dying.take()
    question = asyncio.create_task(handle.query(TwoMessages.signals))
    assert (await taken).HasField("query")
    taken = await dying.take()
    await handle.signal(TwoMessages.signal)
    assert not (await taken).HasField("query")
    return question
