"""Where a reconciliation stands: what it goes on from after continue-as-new, and what it has counted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from activities.reconciliation.calls import Part, UnmatchedNotifications
from holdfast.reconciliation.report import ReconciliationReport, ReportedDifference
from holdfast.validation.strict import Strict

LISTED = 100
"""So many of each kind are named in a report: a result has to stay small."""


REMEMBERED = 1000
"""So many payments are known again by their later events, which come soon after the first ones."""


class Stage(StrEnum):
    """The way through the payments, in this order."""

    ENDED = Part.ENDED
    OPEN = Part.OPEN
    TOLD = "TOLD"
    """Those that the gateway has told of and Temporal does not know."""
    REFERENCES = "REFERENCES"
    """Those that the request names."""


class Walk(Strict):
    """How far the way has been gone."""

    stage: Stage = Stage.ENDED
    before: datetime | None = None
    """What the stage holds from this moment on has been compared; None at its beginning."""
    startingAfter: str | None = None
    """The last of the gateway's events that was read."""
    told: tuple[str, ...] = ()
    """The latest that were found by the gateway's events: a payment has several of them."""
    width: timedelta | None = None
    """How much time to look at next."""
    references: int = 0
    """How many of the request's references have been compared."""


class State(Strict):
    """What a run hands to the next one."""

    report: ReconciliationReport
    walk: Walk
    unanswered: tuple[str, ...] = ()
    """Workflow ids to ask about again at the end."""


class Count(StrEnum):
    """What a payment counts as: a field of the report."""

    AGREED = "agreed"
    CORRECTED = "corrected"
    DIFFERENT = "different"
    IN_MOTION = "inProgress"
    NOT_ANSWERED = "unanswered"


_NAMED = {Count.IN_MOTION: "inProgressReferences", Count.NOT_ANSWERED: "unansweredReferences"}


class ReportBuilder:
    """Counts every payment once."""

    def __init__(self, report: ReconciliationReport) -> None:
        self.report = report

    def add(self, reference: str, count: Count, found: Sequence[ReportedDifference] = ()) -> None:
        """One more payment, and what was found of it."""
        report = self.report
        update: dict[str, object] = {
            "compared": report.compared + 1,
            count: getattr(report, count) + 1,
            "differences": (*report.differences, *found)[:LISTED],
        }
        if count in _NAMED:
            update[_NAMED[count]] = (*getattr(report, _NAMED[count]), reference)[:LISTED]
        self.report = report.model_copy(update=update)

    def slowed(self, times: int) -> None:
        """The gateway has said so often that it is asked too much."""
        self.report = self.report.model_copy(update={"trafficLimits": self.report.trafficLimits + times})

    def told(self, payments: UnmatchedNotifications) -> None:
        """So much was read of the gateway's own list."""
        read, code = self.report.eventsRead + payments.read, payments.refusedAs
        self.report = self.report.model_copy(update={"eventsRead": read, "eventsRefusedAs": code})

    def expect(self, number: int) -> None:
        """So many payments are to be compared."""
        self.report = self.report.model_copy(update={"expected": number})
