"""The state of a reconciliation: its position, its report, and what continue-as-new hands to the next run."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from activities.reconciliation.calls import Part, UnmatchedNotifications
from holdfast.reconciliation.report import ReconciliationReport, ReportedDifference
from holdfast.validation.strict import Strict

LISTED = 100
"""The number of items that each list of a report names, so that the result stays small."""
REMEMBERED_PAYMENTS = 1000
"""The number of payments that are remembered while the gateway's events are read. A payment has several
events, which follow each other closely."""


class Stage(StrEnum):
    """The stages of a reconciliation, in their order."""

    ENDED = Part.ENDED
    OPEN = Part.OPEN
    NOTIFICATIONS = "NOTIFICATIONS"
    """Payments that the gateway's list of notifications contains and Temporal does not know."""
    REFERENCES = "REFERENCES"
    """Payments that the request names."""


class Position(Strict):
    """How far a reconciliation has got."""

    stage: Stage = Stage.ENDED
    before: datetime | None = None
    """Payments of the stage from this time on have been compared. It is None at the start of the stage."""
    startingAfter: str | None = None
    """The id of the last event of the gateway's list that was read."""
    unmatched: tuple[str, ...] = ()
    """The latest payments without a workflow that the gateway's events have named."""
    width: timedelta | None = None
    """The length of the next time range to list."""
    references: int = 0
    """The number of the request's references that have been compared."""


class State(Strict):
    """The state that a run hands to the next one."""

    report: ReconciliationReport
    position: Position
    unanswered: tuple[str, ...] = ()
    """The workflow ids of payments that are checked again at the end."""


class Count(StrEnum):
    """The field of the report that counts a payment."""

    AGREED = "agreed"
    CORRECTED = "corrected"
    DIFFERENT = "different"
    IN_PROGRESS = "inProgress"
    UNANSWERED = "unanswered"


_NAMED = {Count.IN_PROGRESS: "inProgressReferences", Count.UNANSWERED: "unansweredReferences"}


class ReportBuilder:
    """Builds the report of a reconciliation, in which every payment is counted once."""

    def __init__(self, report: ReconciliationReport) -> None:
        self.report = report

    def add(self, reference: str, count: Count, reported: Sequence[ReportedDifference] = ()) -> None:
        """Counts one more payment, with the differences that were found."""
        report = self.report
        update: dict[str, object] = {
            "compared": report.compared + 1,
            count: getattr(report, count) + 1,
            "differences": (*report.differences, *reported)[:LISTED],
        }
        if count in _NAMED:
            update[_NAMED[count]] = (*getattr(report, _NAMED[count]), reference)[:LISTED]
        self.report = report.model_copy(update=update)

    def add_traffic_limits(self, times: int) -> None:
        """Counts the rate limit answers of the gateway."""
        self.report = self.report.model_copy(update={"trafficLimits": self.report.trafficLimits + times})

    def add_events(self, notifications: UnmatchedNotifications) -> None:
        """Counts the events that were read from the gateway's list, and records its refusal, if any."""
        read, code = self.report.eventsRead + notifications.read, notifications.refusedAs
        self.report = self.report.model_copy(update={"eventsRead": read, "eventsRefusedAs": code})

    def expect(self, number: int) -> None:
        """Sets the number of payments to compare."""
        self.report = self.report.model_copy(update={"expected": number})
