"""Forgets a workflow's state that a direct query has built from events no workflow task has completed yet.

A worker that takes over from one that died may be asked (`PaymentClient.get`, the Temporal UI) before it is
given the dead one's workflow task. The SDK (1.35) answers from the whole history, events of the unfinished
task included, and keeps that state. When the task comes again, it is continued from there: what had arrived
before and what has arrived since take turns, which a replay of the same history does not repeat, and the
workflow is stuck with a nondeterminism error. Forgotten state costs one replay.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

Forget = Callable[[str], None]
"""Takes the run id of a workflow whose state the worker must not keep."""
_DIRECT = "legacy"
"""How the SDK's query id begins where the query came without a workflow task."""


@dataclass(frozen=True)
class EvictingWorkflowRunner(SandboxedWorkflowRunner):
    """The sandbox, whose workflows do not keep tentative state."""

    forget: Forget = lambda _: None

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A workflow that is watched for tentative state."""
        instance = super().create_instance(det)
        watch = _Watch(det.info.run_id, instance.activate, self.forget)
        instance.activate = watch.activate  # type: ignore[method-assign]  # ours is called in its place
        return instance


class _Watch:
    """Between the SDK and one workflow.

    Nothing tells whether the SDK has reported a step to the server. A step that is not a replay and is
    followed by a direct query may be tentative.
    """

    def __init__(
        self,
        run_id: str,
        activate: Callable[[WorkflowActivation], WorkflowActivationCompletion],
        forget: Forget,
    ) -> None:
        self._run_id = run_id
        self._activate = activate
        self._forget = forget
        self._may_be_tentative = False

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Let the workflow do its step; after a direct query, forget what may be tentative."""
        if not _is_query(act.jobs):
            self._may_be_tentative = not act.is_replaying
        elif self._may_be_tentative and _is_direct(act.jobs):
            self._forget(self._run_id)
        return self._activate(act)


def _is_query(jobs: Sequence[WorkflowActivationJob]) -> bool:
    return any(job.HasField("query_workflow") for job in jobs)


def _is_direct(jobs: Sequence[WorkflowActivationJob]) -> bool:
    return any(job.query_workflow.query_id.startswith(_DIRECT) for job in jobs)
