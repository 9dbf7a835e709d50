"""A worker answers a query about a workflow whose current task belongs to another worker, which was killed.

The response depends on events that no task has completed. If the new worker continued from that state, the
history would not replay, and the payment would hang. The SDK does so by itself;
`services.worker.query_state_eviction` prevents it.
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

from tests.support.crashes.system import SystemUnderTest
from tests.support.eventually import eventually
from tests.system.crashes.signal_and_update_workflow import SignalAndUpdateWorkflow
from worker import build_worker

IDENTITY = "the worker that was killed"


class KilledWorker:
    """A hand-made worker: it polls its tasks in a certain order and completes only the first one."""

    def __init__(self, client: Client, queue: str) -> None:
        self._client = client
        self._queue = TaskQueue(name=queue)
        self._own = TaskQueue(
            name=f"{queue}-own", kind=TaskQueueKind.TASK_QUEUE_KIND_STICKY, normal_name=queue
        )

    async def complete_first_task(self) -> None:
        """Completes the workflow's first task; the server sends the next ones to this worker first."""
        task = await self._poll(self._queue)
        await self._client.workflow_service.respond_workflow_task_completed(
            RespondWorkflowTaskCompletedRequest(
                task_token=task.task_token,
                namespace=self._client.namespace,
                identity=IDENTITY,
                sticky_attributes=StickyExecutionAttributes(
                    worker_task_queue=self._own, schedule_to_start_timeout=Duration(seconds=1)
                ),
            )
        )

    async def poll(self) -> asyncio.Task[PollWorkflowTaskQueueResponse]:
        """Starts to poll the next task; returns once the server has registered the poller."""
        polled = asyncio.create_task(self._poll(self._own))
        await eventually(self._is_registered)
        return polled

    async def _is_registered(self) -> bool:
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
            PollWorkflowTaskQueueRequest(
                namespace=self._client.namespace, task_queue=queue, identity=IDENTITY
            )
        )


async def test_history_replays_after_query_of_uncompleted_task(system: SystemUnderTest) -> None:
    client = await Client.connect(system.client.service_client.config.target_host)
    queue = system.reference("query")
    handle = await client.start_workflow(
        SignalAndUpdateWorkflow.run, id=queue, task_queue=queue, task_timeout=timedelta(seconds=3)
    )
    query = await _query_and_signal(handle, KilledWorker(client, queue))
    async with build_worker(client, [], workflows=[SignalAndUpdateWorkflow], task_queue=queue):
        assert await query == 1
        await handle.execute_update(SignalAndUpdateWorkflow.finish)
        assert await handle.result() == 1
    await Replayer(workflows=[SignalAndUpdateWorkflow]).replay_workflow(await handle.fetch_history())


async def _query_and_signal(
    handle: WorkflowHandle[SignalAndUpdateWorkflow, int], killed: KilledWorker
) -> asyncio.Task[int]:
    """Leaves a query without a response and a signal whose task has started with the killed worker."""
    await killed.complete_first_task()
    polled = await killed.poll()
    query = asyncio.create_task(handle.query(SignalAndUpdateWorkflow.signals))
    assert (await polled).HasField("query")
    polled = await killed.poll()
    await handle.signal(SignalAndUpdateWorkflow.signal)
    assert not (await polled).HasField("query")
    return query
