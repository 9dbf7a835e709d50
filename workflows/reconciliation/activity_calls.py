"""The activities of a reconciliation as its workflow calls them: timeouts, retry policies and summaries."""

from datetime import timedelta

from temporalio.common import RetryPolicy

from activities.reconciliation import calls
from activities.reconciliation.calls import (
    CompareCall,
    Comparison,
    ListCall,
    Listing,
    ReconcileCall,
    ToldCall,
    UnmatchedNotifications,
)
from holdfast.reconciliation.difference import DifferenceNotice
from workflows.execution import Activity, execute, execute_or_none

_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
_FEW = RetryPolicy(maximum_attempts=3)
_LIMITED = RetryPolicy(maximum_interval=timedelta(minutes=10), maximum_attempts=12)
"""About an hour and a half."""
_ONE_LIST = timedelta(minutes=2)
_ONE_COMPARISON = timedelta(hours=3)
"""A call comes back within minutes; one inquiry that meets every limit can take longer."""
_ONE_RECONCILE = timedelta(minutes=10)

_COUNT = Activity(calls.COUNT_PAYMENTS, int, _PATIENT, _ONE_LIST)
_LIST = Activity(calls.LIST_PAYMENTS, Listing, _PATIENT, _ONE_LIST)
_UNKNOWN = Activity(calls.UNKNOWN_PAYMENTS, UnmatchedNotifications, _LIMITED, _ONE_COMPARISON)
_COMPARE = Activity(calls.COMPARE_PAYMENTS, Comparison, _PATIENT, _ONE_COMPARISON)
_REPORT = Activity(calls.REPORT_DIFFERENCE, bool, _PATIENT, _ONE_LIST)
_RECONCILE = Activity(calls.RECONCILE_PAYMENT, bool, _FEW, _ONE_RECONCILE)


async def number_of_payments(call: ListCall) -> int:
    """How many payments there are in the call's time."""
    return await execute(_COUNT, call, call.part)


async def latest_payments(call: ListCall) -> Listing:
    """The latest payments of the call's time."""
    return await execute(_LIST, call, f"{call.part} before {call.before:%Y-%m-%d %H:%M:%S}")


async def unknown_payments(call: ToldCall) -> UnmatchedNotifications:
    """Payments that the gateway has notified and Temporal does not know; none where it does not list them."""
    unanswered = UnmatchedNotifications(read=0, refusedAs="NOT_ANSWERED")
    return await execute_or_none(_UNKNOWN, call, "told") or unanswered


async def compare(call: CompareCall) -> Comparison:
    """A look at each payment, as far as one call gets."""
    return await execute(_COMPARE, call, f"{len(call.workflowIds)} payments")


async def report_difference(notice: DifferenceNotice) -> bool:
    """Whether this difference is reported to a person for the first time."""
    return await execute(_REPORT, notice, f"{notice.difference.kind} {notice.paymentReference}")


async def reconcile(workflow_id: str) -> bool:
    """Whether a running payment has asked the gateway about every attempt."""
    is_taken = await execute_or_none(_RECONCILE, ReconcileCall(workflowId=workflow_id), workflow_id)
    return is_taken or False
