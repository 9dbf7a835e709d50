"""Payments that the gateway has told of and Temporal does not know, by the gateway's list of notifications.

The one list of payments that the gateway has. Only successes count, and only request ids that Holdfast could
have made: what else happens on the account is others' business.
"""

import asyncio
from datetime import timedelta

from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.calls import Failure
from activities.errors import TRAFFIC_LIMIT
from activities.reconciliation.calls import ToldCall, UnmatchedNotifications
from activities.reconciliation.rate_limiter import RateLimiter
from holdfast.antom.client import AntomClient
from holdfast.antom.models import (
    NotificationEvent,
    NotificationListRequest,
    NotificationListResponse,
    ResultStatus,
)
from holdfast.antom.outcome import Happened, Unknown
from holdfast.temporal.existence import payment_exists
from holdfast.temporal.names import reference_from_request_id, workflow_id

_SUCCESSES = "PAYMENT_RESULT"
_TRIES = 3
_A_SECOND = timedelta(seconds=1)
"""The gateway's times are whole seconds: one that has begun is included."""
_SEARCHES_FOR = 240.0
"""Seconds."""


async def unknown_payments(
    temporal: Client, gateway: AntomClient, call: ToldCall, pacer: RateLimiter
) -> UnmatchedNotifications:
    """Those of the next pages: until some were found, or time is up.

    Raises ApplicationError where the gateway does not answer, RPCError where Temporal does not.
    """
    after, read, unknown = call.startingAfter, 0, dict[str, None]()
    stop_at = asyncio.get_running_loop().time() + _SEARCHES_FOR
    while True:
        page = await _page(gateway, call, after, pacer)
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
    gateway: AntomClient, call: ToldCall, after: str | None, pacer: RateLimiter
) -> NotificationListResponse:
    request = NotificationListRequest(
        notifyType=[_SUCCESSES],
        eventCreateTimeFrom=call.since.isoformat(timespec="seconds"),
        eventCreateTimeTo=(call.until + _A_SECOND).isoformat(timespec="seconds"),
        startingAfter=after,
    )
    for _ in range(_TRIES):
        await pacer.turn()
        outcome = await gateway.list_notifications(request)
        if isinstance(outcome, Happened):
            return outcome.response
        if isinstance(outcome, Unknown) and outcome.claimed_code == TRAFFIC_LIMIT:
            pacer.slow_down()
    raise ApplicationError("the gateway does not list its notifications now", type=Failure.NOT_SENT)


def _reference(event: NotificationEvent) -> str | None:
    """The payment that a success is about; None for what is none, or none of ours."""
    told = event.notificationData or {}
    result, request_id = told.get("result"), told.get("paymentRequestId")
    is_success = isinstance(result, dict) and result.get("resultStatus") == ResultStatus.S
    return reference_from_request_id(request_id) if is_success and isinstance(request_id, str) else None
