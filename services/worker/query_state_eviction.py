"""Evicts the workflow state that a direct query has built from events of an unfinished workflow task.

A worker that replaces a crashed one may receive a query (`PaymentClient.get`, the Temporal UI) before it
receives the crashed worker's workflow task. The SDK (1.35) answers the query from the whole history, with
the events of the unfinished task, and caches that state. When the task is delivered again, the SDK continues
from the cached state and handles the events in another order than a replay does, so that the workflow stops
with a nondeterminism error. Evicting the state costs one replay (ADR 0008).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

Evict = Callable[[str], None]
"""Evicts the cached state of the workflow run that has this run id."""
_DIRECT_QUERY_PREFIX = "legacy"
"""The prefix of the SDK's query id when the query came without a workflow task."""


@dataclass(frozen=True)
class EvictingWorkflowRunner(SandboxedWorkflowRunner):
    """The sandboxed runner, which evicts state that a direct query may have built from an unfinished task.

    Attributes:
        evict: Evicts the state of a workflow run.
    """

    evict: Evict = lambda _: None

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Creates a workflow instance whose activations are observed."""
        instance = super().create_instance(det)
        observer = _ActivationObserver(det.info.run_id, instance.activate, self.evict)
        instance.activate = observer.activate  # type: ignore[method-assign]  # replaces the instance's method
        return instance


class _ActivationObserver:
    """Observes the activations of one workflow.

    The SDK does not show whether it has reported an activation to the server. State is therefore uncertain
    when an activation that is no replay is followed by a direct query.
    """

    def __init__(
        self,
        run_id: str,
        activate: Callable[[WorkflowActivation], WorkflowActivationCompletion],
        evict: Evict,
    ) -> None:
        self._run_id = run_id
        self._activate = activate
        self._evict = evict
        self._may_be_unreported = False

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Runs the activation. A direct query evicts state that may be unreported."""
        if not _is_query(act.jobs):
            self._may_be_unreported = not act.is_replaying
        elif self._may_be_unreported and _is_direct(act.jobs):
            self._evict(self._run_id)
        return self._activate(act)


def _is_query(jobs: Sequence[WorkflowActivationJob]) -> bool:
    return any(job.HasField("query_workflow") for job in jobs)


def _is_direct(jobs: Sequence[WorkflowActivationJob]) -> bool:
    return any(job.query_workflow.query_id.startswith(_DIRECT_QUERY_PREFIX) for job in jobs)
