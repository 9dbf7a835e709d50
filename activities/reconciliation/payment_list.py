"""The payments of a period, from Temporal's list of workflows.

The list may be about one second behind, and its pages shift while payments start and end. It is therefore
divided into time ranges instead of pages: a range with too many payments is halved. The start time and the
end time of a workflow, by which the ranges are defined, never change.
"""

from datetime import datetime, timedelta

from temporalio.client import Client

from activities.reconciliation.calls import ListCall, Listing, Part
from holdfast.temporal.names import CARD_PAYMENT
from holdfast.temporal.search_attributes import MERCHANT_ACCOUNT

_ENDED = "ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew'"
"""A payment whose history grows long continues in another run, whose end is the payment's. Of its runs, one
alone was open at a given time, so that it belongs to one part."""
_SHORTEST_RANGE = timedelta(milliseconds=1)
"""The shortest time range, which is not halved: Temporal's list may not distinguish closer times."""


async def latest_payments(client: Client, call: ListCall) -> Listing:
    """Lists the latest payments of the call's time range. Raises RPCError."""
    before, width = call.before, call.width or call.before - call.after
    while True:
        after = max(call.after, before - width)
        is_divisible = width > _SHORTEST_RANGE
        found = await _ids(client, _query(call, after, before), call.limit + 1 if is_divisible else None)
        if len(found) > call.limit and is_divisible:
            width /= 2
        elif found or after == call.after:
            return Listing(workflowIds=found, after=after, width=width)
        else:
            before, width = after, width * 2


async def number_of_payments(client: Client, call: ListCall) -> int:
    """Counts the payments of the call's time range, without its limit. Raises RPCError."""
    return (await client.count_workflows(_query(call, call.after, call.before))).count


async def _ids(client: Client, query: str, limit: int | None) -> tuple[str, ...]:
    """Returns each workflow id once, although a workflow that was reset is listed once per run."""
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
        _ENDED if call.part is Part.ENDED else open_at_the_end,
    )
    return " AND ".join(clauses)
