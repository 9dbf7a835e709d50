"""The client that starts reconciliations: comparisons of payments with the gateway, once or on a schedule."""

import hashlib
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    WorkflowExecutionStatus,
    WorkflowHandle,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from holdfast.errors import InvalidRequest
from holdfast.reconciliation.difference import DifferenceNotice, parse_difference_resolution
from holdfast.reconciliation.report import ReconciliationReport, ReconciliationRequest, parse_reconciliation
from holdfast.resolution import Resolution
from holdfast.temporal import names
from holdfast.temporal.calls import answered, translated
from holdfast.temporal.fairness import account_priority
from holdfast.validation.texts import require_text

_ID = "workflowId"
ANSWER_WITHIN = timedelta(seconds=30)
"""How long a call waits for Temporal and for a worker before it raises `PaymentUnavailable`."""
_CATCH_UP = timedelta(hours=1)
"""How late a scheduled run may start when Temporal was unavailable at its time."""


class ReconciliationClient:
    """Starts, reads and schedules reconciliations, and closes the differences that they report.

    Every method raises `PaymentUnavailable` when Temporal does not answer, and `InvalidRequest` when its
    argument breaks a rule. Every call but `result` takes 30 seconds at most, or `answer_within`.

    Args:
        client: The Temporal client, as `connect` returns it.
        task_queue: The task queue on which the workers poll.
        answer_within: The longest time that a call other than `result` may take.
    """

    def __init__(
        self,
        client: Client,
        *,
        task_queue: str = names.TASK_QUEUE,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self._answer_within = answer_within

    def _answered(self, workflow_id: str) -> AbstractAsyncContextManager[None]:
        return answered(self._client, f"workflow {workflow_id}", self._answer_within)

    async def start(self, request: ReconciliationRequest | dict[str, object]) -> str:
        """Starts a reconciliation, or joins the running one of the same account, period and references.

        It takes milliseconds, and 30 seconds at most.

        Args:
            request: The period, or the references, to compare.

        Returns:
            The workflow id of the reconciliation.

        Raises:
            InvalidRequest: The request breaks a rule.
            PaymentUnavailable: Temporal does not answer.
        """
        checked = parse_reconciliation(request)
        workflow_id = _workflow_id(checked)
        async with self._answered(workflow_id):
            await self._client.start_workflow(
                names.RECONCILIATION,
                checked,
                id=workflow_id,
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                priority=account_priority(checked.merchantAccount),
                static_summary=f"{checked.merchantAccount} · {_scope(checked)}",
            )
        return workflow_id

    async def report(self, workflow_id: str) -> ReconciliationReport:
        """Returns the report of a reconciliation, which is partial while it runs.

        It takes milliseconds where a worker runs, and 30 seconds at most.

        Args:
            workflow_id: The workflow id that `start` returned.

        Raises:
            InvalidRequest: The reconciliation failed because its request breaks a rule.
            PaymentNotFound: There is no such workflow.
            PaymentUnavailable: Temporal or the worker does not answer.
        """
        require_text(_ID, workflow_id, InvalidRequest)
        handle = self._client.get_workflow_handle(workflow_id)
        async with self._answered(workflow_id):
            if (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
                return await self.result(workflow_id)
            report: ReconciliationReport = await handle.query(
                names.PROGRESS, result_type=ReconciliationReport
            )
        return report

    async def result(self, workflow_id: str) -> ReconciliationReport:
        """Waits until a reconciliation has ended, which can take hours, and returns its report.

        It has no time limit; set one with `asyncio.timeout`, which ends the wait and not the reconciliation.

        Args:
            workflow_id: The workflow id that `start` returned.

        Raises:
            InvalidRequest: The reconciliation failed because its request breaks a rule.
            PaymentNotFound: There is no such workflow.
            PaymentStopped: An operator has terminated the reconciliation.
            PaymentUnavailable: Temporal does not answer.
        """
        require_text(_ID, workflow_id, InvalidRequest)
        handle: WorkflowHandle[object, ReconciliationReport] = self._client.get_workflow_handle(
            workflow_id, result_type=ReconciliationReport
        )
        async with translated(self._client, f"workflow {workflow_id}"):
            return await handle.result()

    async def schedule(self, request: ReconciliationRequest | dict[str, object], *, cron: str) -> str:
        """Creates the schedule of an account's reconciliations. A run is skipped while another one runs.

        It takes milliseconds, and 30 seconds at most.

        Args:
            request: What every run compares. Its `last` should be longer than the time between two runs; a
                difference that two runs find is still reported once.
            cron: When to run, in UTC, for example `0 3 * * *`.

        Returns:
            The id of the schedule.

        Raises:
            InvalidRequest: The request breaks a rule.
            ScheduleAlreadyRunningError: The account has a schedule already.
            PaymentUnavailable: Temporal does not answer.
        """
        checked = parse_reconciliation(request)
        schedule_id = names.reconciliation_id(checked.merchantAccount, "schedule")
        action = ScheduleActionStartWorkflow(
            names.RECONCILIATION,
            checked,
            id=names.reconciliation_id(checked.merchantAccount, "scheduled"),
            task_queue=self._task_queue,
            priority=account_priority(checked.merchantAccount),
        )
        policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_CATCH_UP)
        spec = ScheduleSpec(cron_expressions=[require_text("cron", cron, InvalidRequest)])
        async with self._answered(schedule_id):
            await self._client.create_schedule(schedule_id, Schedule(action=action, spec=spec, policy=policy))
        return schedule_id

    async def close(self, workflow_id: str, resolution: Resolution) -> DifferenceNotice:
        """Closes a difference that an operator has acknowledged, which removes it from the review list.

        It takes milliseconds where a worker runs, and 30 seconds at most.

        Args:
            workflow_id: The workflow id of the difference, as the review list shows it.
            resolution: The operator's note, with `outcome` ACKNOWLEDGED.

        Returns:
            The notice of the difference, with the resolution.

        Raises:
            InvalidRequest: The resolution breaks a rule, or has another outcome.
            PaymentEnded: The difference has been closed already.
            PaymentUnavailable: Temporal or the worker does not answer.
        """
        checked = parse_difference_resolution(resolution)
        require_text(_ID, workflow_id, InvalidRequest)
        handle = self._client.get_workflow_handle(workflow_id)
        async with self._answered(workflow_id):
            notice: DifferenceNotice = await handle.execute_update(
                names.RESOLVE, checked, result_type=DifferenceNotice
            )
        return notice


def _workflow_id(request: ReconciliationRequest) -> str:
    return names.reconciliation_id(request.merchantAccount, _scope(request))


def _scope(request: ReconciliationRequest) -> str:
    """Describes the period and the references: equal requests have equal scopes."""
    parts = []
    if request.last is not None:
        parts.append(f"last-{request.last}")
    elif request.since is not None:
        until = _timestamp(request.until) if request.until else "now"
        parts.append(f"{_timestamp(request.since)}-{until}")
    if request.references:
        parts.append(hashlib.sha256("\n".join(request.references).encode()).hexdigest()[:16])
    return "-".join(parts)


def _timestamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
