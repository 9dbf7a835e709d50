"""The activities of a reconciliation, which read payments and inquire at the gateway.

They change nothing at the gateway. Only its own workflow changes a payment that does not agree: an activity
asks it to inquire itself, or passes it the result of a risk review from the gateway's list.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from activities.errors import NOT_CONFIGURED
from activities.heartbeat import heartbeating
from activities.reconciliation.calls import (
    COMPARE_PAYMENTS,
    COUNT_PAYMENTS,
    LIST_PAYMENTS,
    RECONCILE_PAYMENT,
    REPORT_DIFFERENCE,
    UNKNOWN_PAYMENTS,
    CheckResult,
    CompareCall,
    Comparison,
    ListCall,
    Listing,
    ReconcileCall,
    UnknownPaymentsCall,
    UnmatchedNotifications,
)
from activities.reconciliation.payment_check import PaymentChecker
from activities.reconciliation.payment_list import latest_payments, number_of_payments
from activities.reconciliation.payment_update import reconcile
from activities.reconciliation.rate_limiter import RateLimiter
from activities.reconciliation.unknown_payments import unknown_payments
from holdfast.antom.client import AntomClient
from holdfast.errors import InvalidRequest
from holdfast.reconciliation.difference import DifferenceNotice
from holdfast.temporal.fairness import account_priority
from holdfast.temporal.names import DIFFERENCE
from settlement.comparison.difference_text import summary

CALL_SECONDS = 240.0
"""The time in seconds after which a call returns, so that the report shows progress."""


class ReconciliationActivities:
    """The activities of a reconciliation.

    Args:
        temporal: The client of the payments' workflows.
        clients: The gateway clients by merchant account.
    """

    def __init__(self, temporal: Client, clients: Mapping[str, AntomClient]) -> None:
        self._temporal = temporal
        self._clients = clients

    def all(self) -> Sequence[Callable[..., object]]:
        """Returns the activities that a worker registers."""
        return [
            self.count_payments,
            self.list_payments,
            self.compare_payments,
            self.reconcile_payment,
            self.report_difference,
            self.unknown_payments,
        ]

    @activity.defn(name=COUNT_PAYMENTS)
    async def count_payments(self, call: ListCall) -> int:
        """Counts the payments of a time range, for the progress in the report."""
        self._refuse_unless_configured(call.merchantAccount)
        async with heartbeating():
            return await number_of_payments(self._temporal, call)

    @activity.defn(name=LIST_PAYMENTS)
    async def list_payments(self, call: ListCall) -> Listing:
        """Lists the latest payments of a time range, at most one page of them."""
        async with heartbeating():
            return await latest_payments(self._temporal, call)

    @activity.defn(name=COMPARE_PAYMENTS)
    async def compare_payments(self, call: CompareCall) -> Comparison:
        """Checks the payments one after the other.

        The heartbeat contains the results, so that a retry continues where a crashed worker has stopped.
        """
        self._refuse_unless_configured(call.merchantAccount)
        rate_limiter, results = RateLimiter(call.inquiriesPerSecond), _results_of_last_attempt()
        checker = PaymentChecker(self._temporal, self._clients, call.merchantAccount, rate_limiter)
        stop_at = asyncio.get_running_loop().time() + CALL_SECONDS
        async with heartbeating(lambda: [results]):
            for workflow_id in call.workflowIds[len(results) :]:
                if activity.is_worker_shutdown() or asyncio.get_running_loop().time() > stop_at:
                    break
                results.append(await checker.check(workflow_id))
        remaining = call.workflowIds[len(results) :]
        return Comparison(results=tuple(results), remaining=remaining, trafficLimits=rate_limiter.slowdowns)

    @activity.defn(name=RECONCILE_PAYMENT)
    async def reconcile_payment(self, call: ReconcileCall) -> bool:
        """Lets a running payment inquire about every attempt. Returns False when it accepts no update."""
        async with heartbeating():
            return await reconcile(self._temporal, call.workflowId)

    @activity.defn(name=UNKNOWN_PAYMENTS)
    async def unknown_payments(self, call: UnknownPaymentsCall) -> UnmatchedNotifications:
        """Finds payments in the gateway's list of notifications that Temporal does not know.

        Results of risk reviews in the list are delivered to their payments.
        """
        self._refuse_unless_configured(call.merchantAccount)
        gateway, rate_limiter = self._clients[call.merchantAccount], RateLimiter(call.inquiriesPerSecond)
        async with heartbeating():
            return await unknown_payments(self._temporal, gateway, call, rate_limiter)

    @activity.defn(name=REPORT_DIFFERENCE)
    async def report_difference(self, notice: DifferenceNotice) -> bool:
        """Starts a workflow that keeps the difference. Returns False when an earlier run has started it.

        It is not a child workflow: children are limited in number, and it may outlive the reconciliation by
        weeks.
        """
        try:
            async with heartbeating():
                await self._temporal.start_workflow(
                    DIFFERENCE,
                    notice,
                    id=notice.workflow_id,
                    task_queue=activity.info().task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    priority=account_priority(notice.merchantAccount),
                    static_summary=summary(notice),
                )
        except WorkflowAlreadyStartedError:
            return False
        return True

    def _refuse_unless_configured(self, merchant_account: str) -> None:
        if merchant_account not in self._clients:
            raise ApplicationError(NOT_CONFIGURED, type=InvalidRequest.__name__, non_retryable=True)


def _results_of_last_attempt() -> list[CheckResult]:
    """Returns the results in the last heartbeat of an earlier attempt of this activity."""
    details = activity.info().heartbeat_details
    return [CheckResult.model_validate(result) for result in details[0]] if details else []
