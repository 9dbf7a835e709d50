"""The activity calls of a reconciliation workflow, with their timeouts, retry policies and summaries."""

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
    UnknownPaymentsCall,
    UnmatchedNotifications,
)
from holdfast.errors import InvalidRequest
from holdfast.reconciliation.difference import DifferenceNotice
from workflows.refusal import refusal
from workflows.timing import HEARTBEAT

ResultT = TypeVar("ResultT")

_UNLIMITED_RETRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
_THREE_ATTEMPTS = RetryPolicy(maximum_attempts=3)
_TWELVE_ATTEMPTS = RetryPolicy(maximum_interval=timedelta(minutes=10), maximum_attempts=12)
"""Twelve attempts take about an hour and a half."""
_LIST_TIMEOUT = timedelta(minutes=2)
_COMPARE_TIMEOUT = timedelta(hours=3)
"""A call returns within minutes; one inquiry that meets every rate limit can take longer."""
_RECONCILE_TIMEOUT = timedelta(minutes=10)


async def number_of_payments(call: ListCall) -> int:
    """Returns the number of payments in the call's time range."""
    return await _run(calls.COUNT_PAYMENTS, call, int, _LIST_TIMEOUT, call.part)


async def latest_payments(call: ListCall) -> Listing:
    """Returns the latest payments of the call's time range."""
    summary = f"{call.part} before {call.before:%Y-%m-%d %H:%M:%S}"
    return await _run(calls.LIST_PAYMENTS, call, Listing, _LIST_TIMEOUT, summary)


async def unknown_payments(call: UnknownPaymentsCall) -> UnmatchedNotifications:
    """Returns payments in the gateway's list of notifications that Temporal does not know.

    It returns none when the gateway does not answer.
    """
    summary = "notifications of the gateway"
    try:
        return await _run(
            calls.UNKNOWN_PAYMENTS,
            call,
            UnmatchedNotifications,
            _COMPARE_TIMEOUT,
            summary,
            policy=_TWELVE_ATTEMPTS,
        )
    except ActivityError:
        return UnmatchedNotifications(read=0, refusedAs="UNANSWERED")


async def compare(call: CompareCall) -> Comparison:
    """Checks payments, as many as one call can."""
    summary = f"{len(call.workflowIds)} payments"
    return await _run(calls.COMPARE_PAYMENTS, call, Comparison, _COMPARE_TIMEOUT, summary)


async def report_difference(notice: DifferenceNotice) -> bool:
    """Reports a difference to operators. Returns False when an earlier run has reported it."""
    summary = f"{notice.difference.kind} {notice.paymentReference}"
    return await _run(calls.REPORT_DIFFERENCE, notice, bool, _LIST_TIMEOUT, summary)


async def reconcile(workflow_id: str) -> bool:
    """Lets a running payment inquire about every attempt. Returns False when it did not."""
    call = ReconcileCall(workflowId=workflow_id)
    try:
        return await _run(
            calls.RECONCILE_PAYMENT, call, bool, _RECONCILE_TIMEOUT, workflow_id, policy=_THREE_ATTEMPTS
        )
    except ActivityError:
        return False


async def _run(
    name: str,
    call: object,
    result_type: type[ResultT],
    within: timedelta,
    summary: str,
    *,
    policy: RetryPolicy = _UNLIMITED_RETRIES,
) -> ResultT:
    try:
        result: ResultT = await workflow.execute_activity(
            name,
            call,
            result_type=result_type,
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
