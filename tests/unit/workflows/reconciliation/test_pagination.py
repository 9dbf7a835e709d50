"""The pager returns every payment of a period and every reference once, stage by stage."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.reconciliation.calls import (
    ListCall,
    Listing,
    Part,
    UnknownPaymentsCall,
    UnmatchedNotifications,
)
from holdfast.reconciliation.report import (
    Period,
    ReconciliationReport,
    ReconciliationRequest,
    parse_reconciliation,
)
from holdfast.temporal.names import workflow_id
from workflows.reconciliation import activity_calls
from workflows.reconciliation.pagination import PaymentPager
from workflows.reconciliation.state import Position, ReportBuilder, Stage

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PERIOD = Period(NOW - HOUR, NOW)


class Activities:
    """Stand-ins for the activities of a reconciliation, which record their calls."""

    def __init__(self) -> None:
        self.listings: dict[Part, list[Listing]] = {part: [] for part in Part}
        self.notifications: list[UnmatchedNotifications] = []
        self.list_calls: list[ListCall] = []
        self.unknown_calls: list[UnknownPaymentsCall] = []

    async def number_of_payments(self, call: ListCall) -> int:
        return sum(len(listing.workflowIds) for listing in self.listings[call.part])

    async def latest_payments(self, call: ListCall) -> Listing:
        self.list_calls.append(call)
        if self.listings[call.part]:
            return self.listings[call.part].pop(0)
        return Listing(workflowIds=(), after=call.after, width=HOUR)

    async def unknown_payments(self, call: UnknownPaymentsCall) -> UnmatchedNotifications:
        self.unknown_calls.append(call)
        return self.notifications.pop(0) if self.notifications else UnmatchedNotifications(read=0)


@pytest.fixture
def activities(monkeypatch: pytest.MonkeyPatch) -> Activities:
    stand_in = Activities()
    for name in ("number_of_payments", "latest_payments", "unknown_payments"):
        monkeypatch.setattr(activity_calls, name, getattr(stand_in, name))
    return stand_in


def pager(
    request: dict[str, object], period: Period | None = PERIOD, position: Position | None = None
) -> PaymentPager:
    parsed: ReconciliationRequest = parse_reconciliation(request)
    report = ReportBuilder(ReconciliationReport(merchantAccount="default"))
    return PaymentPager(parsed, period, position or Position(), report)


async def pages(pager: PaymentPager) -> list[tuple[str, ...]]:
    found = []
    while page := await pager.next_page():
        found.append(page)
    return found


def listing(*ids: str, after: datetime = PERIOD.since) -> Listing:
    return Listing(workflowIds=ids, after=after, width=HOUR / 4)


async def test_pages_follow_the_stages_in_their_order(activities: Activities) -> None:
    activities.listings[Part.ENDED] = [listing("ended")]
    activities.listings[Part.OPEN] = [listing("open", after=datetime(1970, 1, 1, tzinfo=UTC))]
    activities.notifications = [UnmatchedNotifications(workflowIds=("unknown",), read=1)]
    request: dict[str, object] = {"last": 3600, "references": ["ORDER_1", "ORDER_2"], "pageSize": 1}
    assert await pages(pager(request)) == [
        ("ended",),
        ("open",),
        ("unknown",),
        (workflow_id("ORDER_1"),),
        (workflow_id("ORDER_2"),),
    ]


async def test_next_listing_continues_before_the_last_one_with_a_wider_range(activities: Activities) -> None:
    middle = NOW - HOUR / 2
    activities.listings[Part.ENDED] = [listing("late", after=middle), listing("early")]
    paging = pager({"last": 3600, "readEvents": False})
    assert (await paging.next_page(), await paging.next_page()) == (("late",), ("early",))
    first, second = activities.list_calls
    assert (first.before, first.after, first.width) == (NOW, PERIOD.since, None)
    assert (second.before, second.width) == (middle, HOUR / 2)
    assert paging.position == Position(stage=Stage.OPEN)


async def test_notification_list_is_not_read_when_the_request_excludes_it(activities: Activities) -> None:
    assert await pages(pager({"last": 3600, "readEvents": False})) == []
    assert activities.unknown_calls == []


async def test_unmatched_payment_of_several_events_is_returned_once(activities: Activities) -> None:
    activities.notifications = [
        UnmatchedNotifications(workflowIds=("a", "b"), read=2, startingAfter="event-2"),
        UnmatchedNotifications(workflowIds=("b", "c"), read=3),
    ]
    paging = pager({"last": 3600})
    assert await pages(paging) == [("a", "b"), ("c",)]
    assert [call.startingAfter for call in activities.unknown_calls] == [None, "event-2"]
    assert paging.position.stage is Stage.REFERENCES


async def test_references_without_period_need_no_listing(activities: Activities) -> None:
    paging = pager({"references": ["ORDER_1"]}, period=None)
    assert await paging.expected() == 1
    assert await pages(paging) == [(workflow_id("ORDER_1"),)]
    assert activities.list_calls == []


async def test_expected_number_includes_both_parts_and_the_references(activities: Activities) -> None:
    activities.listings = {Part.ENDED: [listing("a", "b")], Part.OPEN: [listing("c")]}
    assert await pager({"last": 3600, "references": ["ORDER_1"]}).expected() == 4


async def test_pager_continues_from_a_position(activities: Activities) -> None:
    position = Position(stage=Stage.REFERENCES, references=1)
    request: dict[str, object] = {"last": 3600, "references": ["ORDER_1", "ORDER_2"]}
    assert await pages(pager(request, position=position)) == [(workflow_id("ORDER_2"),)]
