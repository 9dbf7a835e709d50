"""A difference counts only after three checks, and each payment is counted once with its disposition."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import workflow

from activities.reconciliation.calls import CheckOutcome, CheckResult, CompareCall, Comparison
from holdfast.difference_kind import DifferenceKind
from holdfast.reconciliation.difference import Difference, DifferenceNotice
from holdfast.reconciliation.report import DifferenceDisposition as Disposition
from holdfast.reconciliation.report import ReconciliationReport, parse_reconciliation
from holdfast.temporal.names import workflow_id
from workflows.reconciliation import activity_calls
from workflows.reconciliation.comparison import MAX_UNANSWERED, Comparator
from workflows.reconciliation.state import ReportBuilder
from workflows.timing import DIFFERENCE_PAUSE, OUTAGE_LONGEST, OUTAGE_PAUSE, UNANSWERED_PAUSES

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAYMENT = workflow_id("ORDER_1")
DIFFERENCE = Difference(
    kind=DifferenceKind.UNKNOWN_HOLD,
    paymentRequestId="ORDER_1-1",
    holdfastState="CANCELLED",
    gatewayState="SUCCEEDED EUR 300.00",
)
AGREED, DIFFERENT = CheckOutcome.AGREED, CheckOutcome.DIFFERENT
IN_PROGRESS, UNANSWERED = CheckOutcome.IN_PROGRESS, CheckOutcome.UNANSWERED


class Payments:
    """Stand-ins for the activities: each payment has a list of outcomes, whose last one is repeated."""

    def __init__(self) -> None:
        self.outcomes: dict[str, list[CheckOutcome]] = {}
        self.is_running = False
        self.has_inquired = True
        self.reported: list[DifferenceNotice] = []
        self.checked: list[str] = []
        self.pauses: list[timedelta] = []
        self.at_once = 1000

    async def compare(self, call: CompareCall) -> Comparison:
        checked = call.workflowIds[: self.at_once]
        self.checked += checked
        return Comparison(
            results=tuple(self._check(each) for each in checked),
            remaining=call.workflowIds[self.at_once :],
            trafficLimits=1,
        )

    def _check(self, name: str) -> CheckResult:
        outcomes = self.outcomes.get(name, [AGREED])
        outcome = outcomes.pop(0) if len(outcomes) > 1 else outcomes[0]
        return CheckResult(
            workflowId=name,
            paymentReference=name.removeprefix("card-payment-"),
            outcome=outcome,
            isRunning=self.is_running,
            differences=(DIFFERENCE,) if outcome is DIFFERENT else (),
        )

    async def reconcile(self, _: str) -> bool:
        return self.has_inquired

    async def report_difference(self, notice: DifferenceNotice) -> bool:
        self.reported.append(notice)
        return len(self.reported) == 1

    async def sleep(self, pause: timedelta, *, summary: str) -> None:
        assert summary
        self.pauses.append(pause)


@pytest.fixture
def payments(monkeypatch: pytest.MonkeyPatch) -> Payments:
    stand_in = Payments()
    for name in ("compare", "reconcile", "report_difference"):
        monkeypatch.setattr(activity_calls, name, getattr(stand_in, name))
    monkeypatch.setattr(workflow, "sleep", stand_in.sleep)
    monkeypatch.setattr(workflow, "now", lambda: NOW)
    return stand_in


@pytest.fixture
def report() -> ReportBuilder:
    return ReportBuilder(ReconciliationReport(merchantAccount="default"))


def comparator(report: ReportBuilder, unanswered: Sequence[str] = ()) -> Comparator:
    return Comparator(parse_reconciliation({"last": 60}), report, unanswered)


def dispositions(report: ReportBuilder) -> list[Disposition]:
    return [each.disposition for each in report.report.differences]


async def test_agreed_payment_is_checked_once(payments: Payments, report: ReportBuilder) -> None:
    await comparator(report).compare([PAYMENT])
    assert (report.report.compared, report.report.agreed) == (1, 1)
    assert (payments.checked, payments.pauses) == ([PAYMENT], [])


async def test_difference_that_disappears_counts_as_agreed(payments: Payments, report: ReportBuilder) -> None:
    payments.outcomes[PAYMENT] = [DIFFERENT, DIFFERENT, AGREED]
    await comparator(report).compare([PAYMENT])
    assert (report.report.compared, report.report.agreed, payments.reported) == (1, 1, [])
    assert payments.pauses == [DIFFERENCE_PAUSE, DIFFERENCE_PAUSE]


async def test_difference_of_ended_payment_is_reported_after_three_checks(
    payments: Payments, report: ReportBuilder
) -> None:
    payments.outcomes[PAYMENT] = [DIFFERENT]
    await comparator(report).compare([PAYMENT])
    assert len(payments.checked) == 3
    assert [notice.difference for notice in payments.reported] == [DIFFERENCE]
    assert (report.report.different, dispositions(report)) == (1, [Disposition.REPORTED])


async def test_difference_that_an_earlier_run_reported_is_marked(
    payments: Payments, report: ReportBuilder
) -> None:
    payments.outcomes[PAYMENT] = [DIFFERENT]
    await comparator(report).compare([PAYMENT])
    await comparator(report).compare([PAYMENT])
    assert dispositions(report) == [Disposition.REPORTED, Disposition.REPORTED_BEFORE]


@pytest.mark.parametrize(
    ("after", "has_inquired", "disposition", "count"),
    [
        (AGREED, True, Disposition.CORRECTED, "corrected"),
        (IN_PROGRESS, True, Disposition.IN_PROGRESS, "inProgress"),
        (DIFFERENT, True, Disposition.FLAGGED, "different"),
        (DIFFERENT, False, Disposition.REPORTED, "different"),
    ],
)
async def test_difference_of_running_payment_counts_by_its_own_inquiry(
    payments: Payments,
    report: ReportBuilder,
    after: CheckOutcome,
    has_inquired: bool,
    disposition: Disposition,
    count: str,
) -> None:
    payments.is_running, payments.has_inquired = True, has_inquired
    payments.outcomes[PAYMENT] = [DIFFERENT, DIFFERENT, DIFFERENT, after]
    await comparator(report).compare([PAYMENT])
    assert (report.report.compared, getattr(report.report, count)) == (1, 1)
    assert dispositions(report) == [disposition]


async def test_payment_that_changes_during_every_check_counts_as_in_progress(
    payments: Payments, report: ReportBuilder
) -> None:
    payments.outcomes[PAYMENT] = [IN_PROGRESS]
    await comparator(report).compare([PAYMENT])
    assert report.report.inProgressReferences == ("ORDER_1",)


async def test_unanswered_payment_is_checked_again_at_the_end(
    payments: Payments, report: ReportBuilder
) -> None:
    payments.outcomes[PAYMENT] = [UNANSWERED] * 4 + [AGREED]
    comparing = comparator(report)
    await comparing.compare([PAYMENT])
    assert (comparing.unanswered, report.report.compared) == ([PAYMENT], 0)
    await comparing.retry_unanswered()
    assert (comparing.unanswered, report.report.agreed) == ([], 1)


async def test_payment_that_is_never_answered_counts_as_unanswered(
    payments: Payments, report: ReportBuilder
) -> None:
    payments.outcomes[PAYMENT] = [UNANSWERED]
    await comparator(report, [PAYMENT]).retry_unanswered()
    assert (report.report.compared, report.report.unansweredReferences) == (1, ("ORDER_1",))
    assert [pause for pause in payments.pauses if pause in UNANSWERED_PAUSES]


async def test_number_of_payments_to_check_again_is_limited(
    payments: Payments, report: ReportBuilder
) -> None:
    payments.outcomes[PAYMENT] = [UNANSWERED]
    comparing = comparator(report, ["earlier"] * MAX_UNANSWERED)
    await comparing.compare([PAYMENT])
    assert (len(comparing.unanswered), report.report.unanswered) == (MAX_UNANSWERED, 1)


async def test_pause_grows_while_the_gateway_answers_nothing(
    payments: Payments, report: ReportBuilder
) -> None:
    payments.outcomes[PAYMENT] = [UNANSWERED]
    comparing = comparator(report)
    for _ in range(8):
        await comparing.compare([PAYMENT])
    pauses = [pause for pause in payments.pauses if pause != DIFFERENCE_PAUSE]
    assert pauses[:2] == [OUTAGE_PAUSE, OUTAGE_PAUSE * 2]
    assert pauses[-1] == OUTAGE_LONGEST
    payments.outcomes[PAYMENT] = [AGREED]
    await comparing.compare([PAYMENT])
    payments.outcomes[PAYMENT] = [UNANSWERED]
    await comparing.compare([PAYMENT])
    assert payments.pauses[-1] == OUTAGE_PAUSE


async def test_page_is_compared_in_as_many_calls_as_it_needs(
    payments: Payments, report: ReportBuilder
) -> None:
    payments.at_once = 2
    names = [workflow_id(f"ORDER_{number}") for number in range(5)]
    await comparator(report).compare(names)
    assert (payments.checked, report.report.agreed, report.report.trafficLimits) == (names, 5, 3)
