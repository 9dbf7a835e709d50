"""The details of a reconciliation show its progress and its latest differences to operators."""

from datetime import UTC, datetime

from holdfast.difference_kind import DifferenceKind
from holdfast.reconciliation.difference import Difference
from holdfast.reconciliation.report import DifferenceDisposition, ReconciliationReport, ReportedDifference
from workflows.reconciliation.operator_view import details
from workflows.reconciliation.state import Position, Stage

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def reported(number: int, text: str = "EUR 299.99") -> ReportedDifference:
    difference = Difference(
        kind=DifferenceKind.AMOUNT,
        paymentRequestId=f"ORDER_{number}-1",
        holdfastState="EUR 300.00",
        gatewayState=text,
    )
    return ReportedDifference(
        paymentReference=f"ORDER_{number}",
        difference=difference,
        disposition=DifferenceDisposition.REPORTED,
    )


def test_details_show_progress_position_and_counts() -> None:
    report = ReconciliationReport(
        merchantAccount="default",
        since=NOW,
        until=NOW.replace(hour=13),
        expected=5,
        compared=3,
        agreed=2,
        unanswered=1,
    )
    assert details(report, Position(stage=Stage.OPEN, before=NOW), 1).splitlines() == [
        "## 3 of about 5 compared",
        "- Merchant account: `default`",
        "- Period: `2026-11-23 12:00:00 UTC - 2026-11-23 13:00:00 UTC`",
        "- Position: `open payments that were started before 2026-11-23 12:00:00 UTC`",
        "- agreed: 2",
        "- unanswered: 1",
        "- to be checked again: 1",
    ]


def test_details_of_references_have_no_period() -> None:
    report = ReconciliationReport(merchantAccount="default")
    lines = details(report, Position(stage=Stage.REFERENCES), 0).splitlines()
    assert lines[1:] == ["- Merchant account: `default`", "- Position: `the references`"]


def test_details_show_the_latest_twenty_differences() -> None:
    found = tuple(reported(number) for number in range(25))
    text = details(ReconciliationReport(merchantAccount="default", differences=found), Position(), 0)
    assert [line for line in text.splitlines() if "AMOUNT" in line] == [
        f"- **AMOUNT** `ORDER_{number}-1`: Holdfast `EUR 300.00`, gateway `EUR 299.99` (REPORTED)"
        for number in range(5, 25)
    ]


def test_details_escape_markdown_and_html() -> None:
    report = ReconciliationReport(merchantAccount="default", differences=(reported(1, "`<b>*x*|"),))
    assert "gateway `??b??x??`" in details(report, Position(), 0)
