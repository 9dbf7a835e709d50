"""The payment list returns each payment of a period once, in pages, however dense the payments are."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from temporalio.client import Client

from activities.reconciliation.calls import ListCall, Part
from activities.reconciliation.payment_list import latest_payments

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=30)
SECONDS = st.one_of(st.integers(0, 30 * 86_400 - 1), st.sampled_from([0, 7, 86_400]))


@dataclass
class Execution:
    id: str


class Temporal:
    """Lists the payments whose time is in the range of a query."""

    def __init__(self, times: list[datetime]) -> None:
        self._payments = {f"card-payment-{number}": time for number, time in enumerate(times)}
        self.queries: list[str] = []

    async def list_workflows(self, query: str, *, limit: int | None) -> AsyncIterator[Execution]:
        self.queries.append(query)
        after, before = re.findall(r"StartTime (?:>=|<) '([^']+)'", query)
        begin, end = datetime.fromisoformat(after), datetime.fromisoformat(before)
        found = [name for name, time in self._payments.items() if begin <= time < end]
        for name in found[:limit]:
            yield Execution(name)


def call(before: datetime, limit: int, width: timedelta | None) -> ListCall:
    return ListCall(
        merchantAccount="default",
        part=Part.OPEN,
        until=END,
        after=BEGIN,
        before=before,
        limit=limit,
        width=width,
    )


async def list_all(temporal: Temporal, limit: int) -> list[tuple[str, ...]]:
    """Lists every page down to the beginning, as a reconciliation does."""
    pages, before, width = [], END, None
    while before > BEGIN:
        listing = await latest_payments(cast("Client", temporal), call(before, limit, width))
        assert listing.after < before
        pages.append(listing.workflowIds)
        before, width = listing.after, listing.width * 2
    return pages


@given(seconds=st.lists(SECONDS, max_size=60), limit=st.integers(1, 8))
def test_every_payment_is_listed_once_within_the_limit(seconds: list[int], limit: int) -> None:
    temporal = Temporal([BEGIN + timedelta(seconds=second) for second in seconds])
    pages = asyncio.run(list_all(temporal, limit))
    listed = [name for page in pages for name in page]
    assert sorted(listed) == sorted(f"card-payment-{number}" for number in range(len(seconds)))
    densest = max((seconds.count(second) for second in seconds), default=0)
    assert all(len(page) <= max(limit, densest) for page in pages)


def test_long_time_without_payments_needs_few_queries() -> None:
    temporal = Temporal([BEGIN, END - timedelta(milliseconds=5), END - timedelta(milliseconds=2)])
    asyncio.run(list_all(temporal, 1))
    assert len(temporal.queries) < 150, "halving and doubling, not one query per millisecond"


def test_parts_of_a_period_share_no_payment() -> None:
    temporal = Temporal([BEGIN])
    asyncio.run(list_all(temporal, 1))
    assert (
        "AND (ExecutionStatus = 'Running' OR CloseTime >= '2026-12-01T00:00:00+00:00')" in temporal.queries[0]
    )
