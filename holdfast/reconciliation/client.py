"""What an operator's program calls to compare payments with the gateway: once, or on a schedule."""

import hashlib
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
from holdfast.temporal.fairness import account_priority
from holdfast.temporal.rpc_errors import TEMPORAL_ERRORS, to_holdfast_error
from holdfast.validation.card_numbers import reject_card_numbers

_CATCH_UP = timedelta(hours=1)
"""How late a run that was due while Temporal was away still begins."""


class ReconciliationClient:
    """Starts, watches and schedules reconciliations, and closes the differences that they report.

    Every method raises InvalidRequest where its argument breaks a rule, and PaymentUnavailable.
    """

    def __init__(self, client: Client, *, task_queue: str = names.TASK_QUEUE) -> None:
        self._client = client
        self._task_queue = task_queue

    async def start(self, request: ReconciliationRequest | dict[str, object]) -> str:
        """Begin a run, or join the one of this account and period; its workflow id."""
        checked = parse_reconciliation(request)
        workflow_id = _workflow_id(checked)
        try:
            await self._client.start_workflow(
                names.RECONCILIATION,
                checked,
                id=workflow_id,
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                priority=account_priority(checked.merchantAccount),
                static_summary=f"{checked.merchantAccount} · {_what(checked)}",
            )
        except TEMPORAL_ERRORS as error:
            raise to_holdfast_error(error) from error
        return workflow_id

    async def report(self, workflow_id: str) -> ReconciliationReport:
        """The report of a run: so far while it runs, in the end what it found."""
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            if (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
                return await self.finished(workflow_id)
            report: ReconciliationReport = await handle.query(
                names.PROGRESS, result_type=ReconciliationReport
            )
        except TEMPORAL_ERRORS as error:
            raise to_holdfast_error(error) from error
        return report

    async def finished(self, workflow_id: str) -> ReconciliationReport:
        """The report of a run, once it has ended; that can take hours."""
        handle: WorkflowHandle[object, ReconciliationReport] = self._client.get_workflow_handle(
            workflow_id, result_type=ReconciliationReport
        )
        try:
            return await handle.result()
        except TEMPORAL_ERRORS as error:
            raise to_holdfast_error(error) from error

    async def schedule(self, request: ReconciliationRequest | dict[str, object], *, cron: str) -> str:
        """Run it again and again, as in `0 3 * * *` (UTC); the schedule's id. One run at a time.

        `last` should be longer than the time between two runs: a difference is reported once all the same.
        Raises ScheduleAlreadyRunningError where the account has one.
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
        spec = ScheduleSpec(cron_expressions=[cron])
        try:
            await self._client.create_schedule(schedule_id, Schedule(action=action, spec=spec, policy=policy))
        except TEMPORAL_ERRORS as error:
            raise to_holdfast_error(error) from error
        return schedule_id

    async def close(self, workflow_id: str, resolution: Resolution) -> DifferenceNotice:
        """An operator has seen to a difference (`outcome` SEEN); it leaves the list of what needs review.

        Raises PaymentEnded where somebody has been faster.
        """
        checked = reject_card_numbers(parse_difference_resolution(resolution), InvalidRequest)
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            notice: DifferenceNotice = await handle.execute_update(
                names.RESOLVE, checked, result_type=DifferenceNotice
            )
        except TEMPORAL_ERRORS as error:
            raise to_holdfast_error(error) from error
        return notice


def _workflow_id(request: ReconciliationRequest) -> str:
    return names.reconciliation_id(request.merchantAccount, _what(request))


def _what(request: ReconciliationRequest) -> str:
    """The same for the same period and references."""
    parts = []
    if request.last is not None:
        parts.append(f"last-{request.last}")
    elif request.since is not None:
        until = _moment(request.until) if request.until else "now"
        parts.append(f"{_moment(request.since)}-{until}")
    if request.references:
        parts.append(hashlib.sha256("\n".join(request.references).encode()).hexdigest()[:16])
    return "-".join(parts)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
