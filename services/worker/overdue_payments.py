"""Reports the payments that have waited for an answer of the gateway longer than they should.

The worker logs them and shows their number as a metric. Nothing is added to the history of a payment (ADR
0032). Each worker reports all payments of the namespace.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.common import MetricGauge, MetricMeter
from temporalio.service import RPCError

from holdfast.errors import PaymentUnavailable
from holdfast.review_list import overdue_list, overdue_query

POLL_INTERVAL = timedelta(minutes=1)
METRIC = "holdfast_overdue_payments"
EXAMPLES = 5
"""The number of payments that a line of the log names."""
_logger = logging.getLogger("holdfast.overdue")


@asynccontextmanager
async def reporting_overdue_payments(
    client: Client, meter: MetricMeter, every: timedelta = POLL_INTERVAL
) -> AsyncIterator[None]:
    """Reports overdue payments every `every` inside the block.

    Args:
        client: The Temporal client.
        meter: The meter of the process, which has no effect where it serves no metrics.
        every: The time between two queries.
    """
    gauge = meter.create_gauge(METRIC, "payments that have waited for the gateway for more than five minutes")
    task = asyncio.create_task(_report(client, gauge, every))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _report(client: Client, gauge: MetricGauge, every: timedelta) -> None:
    logged: tuple[int, list[str]] = (0, [])
    while True:
        try:
            found = await _overdue(client, datetime.now(UTC))
        except (PaymentUnavailable, RPCError, RuntimeError, TimeoutError) as error:
            _logger.warning("overdue payments cannot be listed: %s", error)
        else:
            gauge.set(found[0])
            if found != logged:
                _log(*found)
            logged = found
        await asyncio.sleep(every.total_seconds())


async def _overdue(client: Client, at: datetime) -> tuple[int, list[str]]:
    """Returns the number of overdue payments, and some of them with their status."""
    items = [item async for item in overdue_list(client, at, limit=EXAMPLES)]
    number = len(items)
    if number == EXAMPLES:
        number = max(number, (await client.count_workflows(overdue_query(at))).count)
    return number, [f"{item.workflow_id} ({item.status})" for item in items]


def _log(number: int, examples: list[str]) -> None:
    if number:
        _logger.warning("%d overdue payments wait for the gateway: %s", number, ", ".join(examples))
    else:
        _logger.info("no payment is overdue any more")
