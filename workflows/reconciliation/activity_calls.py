"""The activities of a reconciliation as its workflow calls them: timeouts, retry policies and summaries."""

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

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
from holdfast.errors import InvalidRequest
from holdfast.reconciliation.difference import DifferenceNotice
from workflows.refusal import refusal
from workflows.timing import HEARTBEAT

T = TypeVar("T")

_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
_FEW = RetryPolicy(maximum_attempts=3)
_LIMITED = RetryPolicy(maximum_interval=timedelta(minutes=10), maximum_attempts=12)
"""About an hour and a half."""
_LIST = timedelta(minutes=2)
_COMPARE = timedelta(hours=3)
"""A call comes back within minutes; one question that meets every limit can take longer."""
_RECONCILE = timedelta(minutes=10)


async def number_of_payments(call: ListCall) -> int:
    """How many payments there are in the call's time."""
    return await _run(calls.COUNT_PAYMENTS, call, int, _LIST, call.part)


async def latest_payments(call: ListCall) -> Listing:
    """The latest payments of the call's time."""
    summary = f"{call.part} before {call.before:%Y-%m-%d %H:%M:%S}"
    return await _run(calls.LIST_PAYMENTS, call, Listing, _LIST, summary)


async def unknown_payments(call: ToldCall) -> UnmatchedNotifications:
    """Payments that the gateway has told of and Temporal does not know; none where it does not list them."""
    try:
        return await _run(
            calls.UNKNOWN_PAYMENTS, call, UnmatchedNotifications, _COMPARE, "told", policy=_LIMITED
        )
    except ActivityError:
        return UnmatchedNotifications(read=0, refusedAs="UNANSWERED")


async def compare(call: CompareCall) -> Comparison:
    """A look at each payment, as far as one call gets."""
    return await _run(calls.COMPARE_PAYMENTS, call, Comparison, _COMPARE, f"{len(call.workflowIds)} payments")


async def report_difference(notice: DifferenceNotice) -> bool:
    """Whether this difference is told to a person for the first time."""
    summary = f"{notice.difference.kind} {notice.paymentReference}"
    return await _run(calls.REPORT_DIFFERENCE, notice, bool, _LIST, summary)


async def reconcile(workflow_id: str) -> bool:
    """Whether a running payment has asked the gateway about every attempt."""
    call = ReconcileCall(workflowId=workflow_id)
    try:
        return await _run(calls.RECONCILE_PAYMENT, call, bool, _RECONCILE, workflow_id, policy=_FEW)
    except ActivityError:
        return False


async def _run(
    name: str,
    call: object,
    answer: type[T],
    within: timedelta,
    summary: str,
    *,
    policy: RetryPolicy = _PATIENT,
) -> T:
    try:
        result: T = await workflow.execute_activity(
            name,
            call,
            result_type=answer,
            start_to_close_timeout=within,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=policy,
            summary=summary,
        )
    except ActivityError as error:
        if isinstance(error.cause, ApplicationError) and error.cause.type == InvalidRequest.__name__:
            raise refusal(InvalidRequest(error.cause.message)) from None
        raise
    return result
