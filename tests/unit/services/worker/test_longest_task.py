"""A worker allows a workflow task that handles thousands of notifications."""

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from worker import LONGEST_TASK, build_worker
from workflows import WORKFLOWS


async def test_worker_allows_longer_tasks_than_the_sdk(temporal: Client) -> None:
    """The attribute is the SDK's own: this test fails when another version names it otherwise."""
    runner = UnsandboxedWorkflowRunner()
    standard = Worker(temporal, task_queue="standard", workflows=WORKFLOWS, workflow_runner=runner)
    worker = build_worker(temporal, [], task_queue="longer")
    workers = [each._workflow_worker for each in (standard, worker)]
    assert [each and each._deadlock_timeout_seconds for each in workers] == [2, LONGEST_TASK]
