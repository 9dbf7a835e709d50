"""The report builder counts every payment once and keeps the report small."""

import pytest

from activities.reconciliation.calls import UnmatchedNotifications
from holdfast.difference_kind import DifferenceKind
from holdfast.reconciliation.difference import Difference
from holdfast.reconciliation.report import DifferenceDisposition, ReconciliationReport, ReportedDifference
from workflows.reconciliation.state import LISTED, Count, ReportBuilder

DIFFERENCE = Difference(
    kind=DifferenceKind.AMOUNT,
    paymentRequestId="ORDER_1-1",
    holdfastState="EUR 300.00",
    gatewayState="EUR 299.99",
)
REPORTED = ReportedDifference(
    paymentReference="ORDER_1", difference=DIFFERENCE, disposition=DifferenceDisposition.REPORTED
)


def builder() -> ReportBuilder:
    return ReportBuilder(ReconciliationReport(merchantAccount="default"))


@pytest.mark.parametrize("count", Count)
def test_added_payment_is_counted_once(count: Count) -> None:
    built = builder()
    built.add("ORDER_1", count)
    counts = {each: getattr(built.report, each) for each in Count}
    assert counts == {each: int(each is count) for each in Count}
    assert built.report.compared == 1


def test_payments_in_progress_and_unanswered_payments_are_named() -> None:
    built = builder()
    built.add("ORDER_1", Count.IN_PROGRESS)
    built.add("ORDER_2", Count.UNANSWERED)
    built.add("ORDER_3", Count.AGREED)
    assert built.report.inProgressReferences == ("ORDER_1",)
    assert built.report.unansweredReferences == ("ORDER_2",)


def test_lists_of_the_report_are_limited_and_its_counts_are_not() -> None:
    built = builder()
    for number in range(LISTED + 1):
        built.add(f"ORDER_{number}", Count.DIFFERENT, [REPORTED])
        built.add(f"LATER_{number}", Count.UNANSWERED)
    assert (built.report.different, built.report.unanswered) == (LISTED + 1, LISTED + 1)
    assert len(built.report.differences) == LISTED
    assert len(built.report.unansweredReferences) == LISTED


def test_events_and_rate_limit_answers_are_added_up() -> None:
    built = builder()
    built.add_traffic_limits(2)
    built.add_traffic_limits(1)
    built.add_events(UnmatchedNotifications(read=10))
    built.add_events(UnmatchedNotifications(read=5, refusedAs="ACCESS_DENIED"))
    built.expect(7)
    report = built.report
    assert (report.trafficLimits, report.eventsRead, report.expected) == (3, 15, 7)
    assert report.eventsRefusedAs == "ACCESS_DENIED"
