"""The activity calls of a reconciliation workflow, with their timeouts, retry policies and summaries."""

from datetime import timedelta

from temporalio.common import RetryPolicy

from activities.reconciliation import calls
from activities.reconciliation.calls import (
    CompareCall,
    Comparison,
    ListCall,
    Listing,
    ReconcileCall,
    UnknownPaymentsCall,
    UnmatchedNotifications,
)
from holdfast.errors import InvalidRequest
from holdfast.reconciliation.difference import DifferenceNotice
from workflows.execution import Activity, execute, execute_or_none

_UNLIMITED_RETRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
_THREE_ATTEMPTS = RetryPolicy(maximum_attempts=3)
_TWELVE_ATTEMPTS = RetryPolicy(maximum_interval=timedelta(minutes=10), maximum_attempts=12)
"""Twelve attempts take about an hour and a half."""
_LIST_TIMEOUT = timedelta(minutes=2)
_COMPARE_TIMEOUT = timedelta(hours=3)
"""A call returns within minutes; one inquiry that meets every rate limit can take longer."""
_RECONCILE_TIMEOUT = timedelta(minutes=10)

_COUNT = Activity(calls.COUNT_PAYMENTS, int, _UNLIMITED_RETRIES, _LIST_TIMEOUT, refusal=InvalidRequest)
_LIST = Activity(calls.LIST_PAYMENTS, Listing, _UNLIMITED_RETRIES, _LIST_TIMEOUT, refusal=InvalidRequest)
_UNKNOWN = Activity(
    calls.UNKNOWN_PAYMENTS, UnmatchedNotifications, _TWELVE_ATTEMPTS, _COMPARE_TIMEOUT, refusal=InvalidRequest
)
_COMPARE = Activity(
    calls.COMPARE_PAYMENTS, Comparison, _UNLIMITED_RETRIES, _COMPARE_TIMEOUT, refusal=InvalidRequest
)
_REPORT = Activity(calls.REPORT_DIFFERENCE, bool, _UNLIMITED_RETRIES, _LIST_TIMEOUT, refusal=InvalidRequest)
_RECONCILE = Activity(
    calls.RECONCILE_PAYMENT, bool, _THREE_ATTEMPTS, _RECONCILE_TIMEOUT, refusal=InvalidRequest
)


async def number_of_payments(call: ListCall) -> int:
    """Returns the number of payments in the call's time range."""
    return await execute(_COUNT, call, call.part)


async def latest_payments(call: ListCall) -> Listing:
    """Returns the latest payments of the call's time range."""
    return await execute(_LIST, call, f"{call.part} before {call.before:%Y-%m-%d %H:%M:%S}")


async def unknown_payments(call: UnknownPaymentsCall) -> UnmatchedNotifications:
    """Returns payments in the gateway's list of notifications that Temporal does not know.

    It returns none when the gateway does not answer.
    """
    unanswered = UnmatchedNotifications(read=0, refusedAs="UNANSWERED")
    return await execute_or_none(_UNKNOWN, call, "notifications of the gateway") or unanswered


async def compare(call: CompareCall) -> Comparison:
    """Checks payments, as many as one call can."""
    return await execute(_COMPARE, call, f"{len(call.workflowIds)} payments")


async def report_difference(notice: DifferenceNotice) -> bool:
    """Reports a difference to operators. Returns False when an earlier run has reported it."""
    return await execute(_REPORT, notice, f"{notice.difference.kind} {notice.paymentReference}")


async def reconcile(workflow_id: str) -> bool:
    """Lets a running payment inquire about every attempt. Returns False when it did not."""
    has_inquired = await execute_or_none(_RECONCILE, ReconcileCall(workflowId=workflow_id), workflow_id)
    return has_inquired or False
