"""Payments that the gateway's list of notifications contains and Temporal does not know.

The gateway has no other list of payments. Only successful payments count, and only request ids of the form
that Holdfast makes: other request ids belong to other systems that use the account.
"""

import asyncio
from datetime import timedelta

from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.calls import Failure
from activities.reconciliation.calls import UnknownPaymentsCall, UnmatchedNotifications
from activities.reconciliation.rate_limiter import RateLimiter
from holdfast.antom.client import AntomClient
from holdfast.antom.models import (
    NotificationEvent,
    NotificationListRequest,
    NotificationListResponse,
    ResultStatus,
)
from holdfast.antom.outcome import Happened
from holdfast.temporal.existence import payment_exists
from holdfast.temporal.names import reference_from_request_id, workflow_id

_NOTIFY_TYPE = "PAYMENT_RESULT"
_MAX_ATTEMPTS = 3
_ONE_SECOND = timedelta(seconds=1)
"""The gateway's times are whole seconds, so that the last second of a period is included as a whole."""
_CALL_SECONDS = 240.0
"""The time after which a call returns what it has found."""


async def unknown_payments(
    temporal: Client, gateway: AntomClient, call: UnknownPaymentsCall, rate_limiter: RateLimiter
) -> UnmatchedNotifications:
    """Reads pages of the list until `limit` unknown payments were found, or the time of a call has passed.

    Args:
        temporal: The client of the payments' workflows.
        gateway: The gateway client of the account.
        call: The period and the place to start.
        rate_limiter: Limits the rate of the calls to the gateway.

    Raises:
        ApplicationError: The gateway does not answer.
        RPCError: Temporal does not answer.
    """
    after, read, unknown = call.startingAfter, 0, dict[str, None]()
    stop_at = asyncio.get_running_loop().time() + _CALL_SECONDS
    while True:
        page = await _page(gateway, call, after, rate_limiter)
        if page.result.resultStatus != ResultStatus.S:
            return UnmatchedNotifications(read=read, refusedAs=page.result.resultCode)
        read += len(page.notifications)
        for reference in filter(None, map(_reference, page.notifications)):
            if reference not in unknown and not await payment_exists(temporal, reference):
                unknown[reference] = None
        after = page.nextStartingAfter if page.hasMore else None
        is_time_up = asyncio.get_running_loop().time() > stop_at
        if after is None or len(unknown) >= call.limit or is_time_up:
            ids = tuple(workflow_id(reference) for reference in unknown)
            return UnmatchedNotifications(workflowIds=ids, read=read, startingAfter=after)


async def _page(
    gateway: AntomClient, call: UnknownPaymentsCall, after: str | None, rate_limiter: RateLimiter
) -> NotificationListResponse:
    request = NotificationListRequest(
        notifyType=[_NOTIFY_TYPE],
        eventCreateTimeFrom=call.since.isoformat(timespec="seconds"),
        eventCreateTimeTo=(call.until + _ONE_SECOND).isoformat(timespec="seconds"),
        startingAfter=after,
    )
    for _ in range(_MAX_ATTEMPTS):
        await rate_limiter.wait()
        outcome = await gateway.list_notifications(request)
        if isinstance(outcome, Happened):
            return outcome.response
        await rate_limiter.prepare_repeat(outcome)
    raise ApplicationError("the gateway does not list its notifications now", type=Failure.NOT_SENT)


def _reference(event: NotificationEvent) -> str | None:
    """Returns the payment reference of a successful payment, or None for any other event."""
    data = event.notificationData or {}
    result, request_id = data.get("result"), data.get("paymentRequestId")
    is_success = isinstance(result, dict) and result.get("resultStatus") == ResultStatus.S
    return reference_from_request_id(request_id) if is_success and isinstance(request_id, str) else None
