"""Payments of a period, by Temporal's list of workflows.

The list may lag behind by a second or so, and pages of it move while payments start and end. So it is cut
into times, and not into pages: a time that holds too many payments is halved until it does not. Both times
that are cut (of a start, of an end) never change once they are known.
"""

from datetime import datetime, timedelta

from temporalio.client import Client

from activities.reconciliation.calls import ListCall, Listing, Part
from holdfast.temporal.names import CARD_PAYMENT
from holdfast.temporal.search_attributes import MERCHANT_ACCOUNT

_SHORTEST = timedelta(milliseconds=1)
"""A time that is not halved any more: Temporal's list may not tell moments apart that are closer."""


async def latest_payments(client: Client, call: ListCall) -> Listing:
    """The latest payments of the call's time. Raises RPCError."""
    before, width = call.before, call.width or call.before - call.after
    while True:
        after = max(call.after, before - width)
        is_divisible = width > _SHORTEST
        found = await _ids(client, _query(call, after, before), call.limit + 1 if is_divisible else None)
        if len(found) > call.limit and is_divisible:
            width /= 2
        elif found or after == call.after:
            return Listing(workflowIds=found, after=after, width=width)
        else:
            before, width = after, width * 2


async def number_of_payments(client: Client, call: ListCall) -> int:
    """How many payments the call's time holds, whatever its limit. Raises RPCError."""
    return (await client.count_workflows(_query(call, call.after, call.before))).count


async def _ids(client: Client, query: str, limit: int | None) -> tuple[str, ...]:
    """Without repetition: a workflow that was reset is listed once per run."""
    executions = client.list_workflows(query, limit=limit)
    return tuple({execution.id: None async for execution in executions})


def _query(call: ListCall, after: datetime, before: datetime) -> str:
    time = "CloseTime" if call.part is Part.ENDED else "StartTime"
    open_at_the_end = f"(ExecutionStatus = 'Running' OR CloseTime >= '{call.until.isoformat()}')"
    clauses = (
        f"WorkflowType = '{CARD_PAYMENT}'",
        f"{MERCHANT_ACCOUNT.name} = '{call.merchantAccount}'",
        f"{time} >= '{after.isoformat()}'",
        f"{time} < '{before.isoformat()}'",
        "ExecutionStatus != 'Running'" if call.part is Part.ENDED else open_at_the_end,
    )
    return " AND ".join(clauses)
