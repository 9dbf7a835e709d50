"""The comparison of pages of payments: a payment that does not agree is checked again before it counts.

A difference counts once it was found several times in a row (`workflows.timing`). A running payment is then
asked to inquire itself, and the difference of an ended payment is reported.
"""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow

from activities.reconciliation.calls import CheckOutcome, CheckResult, CompareCall
from holdfast.reconciliation.difference import Difference, DifferenceNotice
from holdfast.reconciliation.report import DifferenceDisposition as Disposition
from holdfast.reconciliation.report import ReconciliationRequest, ReportedDifference
from holdfast.temporal.names import reference_from_workflow_id
from workflows.reconciliation import activity_calls as activities
from workflows.reconciliation.state import Count, ReportBuilder
from workflows.timing import (
    DIFFERENCE_CHECKS,
    DIFFERENCE_PAUSE,
    OUTAGE_LONGEST,
    OUTAGE_PAUSE,
    UNANSWERED_PAUSES,
)

MAX_UNANSWERED = 1000
"""The number of unanswered payments that are kept, to be checked again at the end."""
_REPEAT_SUMMARY = "until payments that do not agree are checked again"


class Comparator:
    """Compares pages of payments and counts each payment once.

    Args:
        request: The request of the reconciliation.
        report: Counts the payments.
        unanswered: The workflow ids of payments that earlier runs could not check.
    """

    def __init__(
        self, request: ReconciliationRequest, report: ReportBuilder, unanswered: Sequence[str]
    ) -> None:
        self._request = request
        self._report = report
        self._silence = timedelta(0)
        self.unanswered = list(unanswered)
        """The workflow ids of payments that are checked again at the end."""

    async def compare(self, workflow_ids: Sequence[str]) -> None:
        """Checks each payment, and repeats the check of those that do not agree.

        It then pauses when the gateway has answered none of the inquiries.
        """
        results = await self._check(workflow_ids)
        is_silent = all(result.outcome is CheckOutcome.UNANSWERED for result in results)
        remaining = self._count_agreed(results)
        for _ in range(DIFFERENCE_CHECKS - 1):
            if remaining:
                await workflow.sleep(DIFFERENCE_PAUSE, summary=_REPEAT_SUMMARY)
                remaining = self._count_agreed(await self._check([each.workflowId for each in remaining]))
        for result in remaining:
            await self._conclude(result)
        await self._pause_if_silent(is_silent=is_silent)

    async def retry_unanswered(self) -> None:
        """Checks the unanswered payments up to three times more, and counts the rest as unanswered."""
        for pause in UNANSWERED_PAUSES:
            if self.unanswered:
                await workflow.sleep(pause, summary="until unanswered payments are checked again")
                waiting, self.unanswered, size = self.unanswered, [], self._request.pageSize
                for first in range(0, len(waiting), size):
                    await self.compare(waiting[first : first + size])
        for workflow_id in self.unanswered:
            self._report.add(reference_from_workflow_id(workflow_id) or workflow_id, Count.UNANSWERED)
        self.unanswered = []

    async def _check(self, workflow_ids: Sequence[str]) -> list[CheckResult]:
        results, remaining = list[CheckResult](), tuple(workflow_ids)
        while remaining:
            call = CompareCall(
                merchantAccount=self._request.merchantAccount,
                workflowIds=remaining,
                inquiriesPerSecond=self._request.inquiriesPerSecond,
            )
            comparison = await activities.compare(call)
            self._report.add_traffic_limits(comparison.trafficLimits)
            results += comparison.results
            remaining = comparison.remaining
        return results

    def _count_agreed(self, results: Sequence[CheckResult]) -> list[CheckResult]:
        """Counts the results that agree, and returns the others."""
        for result in results:
            if result.outcome is CheckOutcome.AGREED:
                self._report.add(result.paymentReference, Count.AGREED)
        return [result for result in results if result.outcome is not CheckOutcome.AGREED]

    async def _conclude(self, result: CheckResult) -> None:
        if result.outcome is CheckOutcome.UNANSWERED:
            self._keep_unanswered(result)
        elif not result.differences:
            self._report.add(result.paymentReference, Count.IN_PROGRESS)
        elif result.isRunning:
            await self._reconcile_running(result)
        else:
            await self._report_differences(result)

    def _keep_unanswered(self, result: CheckResult) -> None:
        if len(self.unanswered) < MAX_UNANSWERED:
            self.unanswered.append(result.workflowId)
        else:
            self._report.add(result.paymentReference, Count.UNANSWERED)

    async def _reconcile_running(self, result: CheckResult) -> None:
        """Lets a running payment inquire itself: only its own workflow applies evidence to it."""
        has_inquired = await activities.reconcile(result.workflowId)
        after = await self._check_until_settled(result.workflowId)
        if after.outcome is CheckOutcome.UNANSWERED:
            self._keep_unanswered(after)
        elif after.outcome is CheckOutcome.AGREED:
            self._add(result, Count.CORRECTED, Disposition.CORRECTED)
        elif after.outcome is CheckOutcome.IN_PROGRESS:
            self._add(result, Count.IN_PROGRESS, Disposition.IN_PROGRESS)
        elif after.isRunning and has_inquired:
            self._add(after, Count.DIFFERENT, Disposition.FLAGGED)
        else:
            await self._report_differences(after)

    async def _check_until_settled(self, workflow_id: str) -> CheckResult:
        """Checks a payment until it has applied the answers to its inquiries, three times at most."""
        [result] = await self._check([workflow_id])
        for _ in range(DIFFERENCE_CHECKS - 1):
            if result.outcome is CheckOutcome.IN_PROGRESS:
                await workflow.sleep(DIFFERENCE_PAUSE, summary=_REPEAT_SUMMARY)
                [result] = await self._check([workflow_id])
        return result

    def _add(self, result: CheckResult, count: Count, disposition: Disposition) -> None:
        reported = [_reported(result, difference, disposition) for difference in result.differences]
        self._report.add(result.paymentReference, count, reported)

    async def _report_differences(self, result: CheckResult) -> None:
        reported = [
            _reported(result, difference, await self._start_review(result, difference))
            for difference in result.differences
        ]
        self._report.add(result.paymentReference, Count.DIFFERENT, reported)

    async def _start_review(self, result: CheckResult, difference: Difference) -> Disposition:
        """Starts a workflow that keeps the difference, under an id that the same difference always has."""
        notice = DifferenceNotice(
            merchantAccount=self._request.merchantAccount,
            paymentReference=result.paymentReference,
            paymentStatus=result.status,
            foundAt=workflow.now(),
            difference=difference,
        )
        is_new = await activities.report_difference(notice)
        return Disposition.REPORTED if is_new else Disposition.REPORTED_BEFORE

    async def _pause_if_silent(self, *, is_silent: bool) -> None:
        """Pauses, longer each time, while the gateway is unavailable: further inquiries would fail too."""
        if not is_silent:
            self._silence = timedelta(0)
            return
        self._silence = min(max(self._silence * 2, OUTAGE_PAUSE), OUTAGE_LONGEST)
        await workflow.sleep(self._silence, summary="until the unavailable gateway is inquired again")


def _reported(result: CheckResult, difference: Difference, disposition: Disposition) -> ReportedDifference:
    return ReportedDifference(
        paymentReference=result.paymentReference, difference=difference, disposition=disposition
    )
