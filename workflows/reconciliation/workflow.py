"""The reconciliation workflow, which compares the state of each payment with the gateway's record.

It changes nothing at the gateway. Its history stays short for any number of payments, because it continues as
a new run after a number of pages.
"""

from temporalio import workflow

from holdfast.errors import InvalidRequest
from holdfast.reconciliation.report import Period, ReconciliationReport, parse_reconciliation
from holdfast.temporal.names import PROGRESS, RECONCILIATION
from holdfast.temporal.search_attributes import MERCHANT_ACCOUNT
from workflows.reconciliation.comparison import Comparator
from workflows.reconciliation.operator_view import details
from workflows.reconciliation.pagination import PaymentPager
from workflows.reconciliation.state import Position, ReportBuilder, State
from workflows.refusal import refusal
from workflows.timing import LIST_LAG

PAGES = 50
"""The number of pages after which the workflow continues as a new run."""


@workflow.defn(name=RECONCILIATION)
class Reconciliation:
    """Reconciles the payments of a period or of a list of references. Its argument may be any JSON."""

    @workflow.init
    def __init__(self, request: object = None, state: State | None = None) -> None:
        self._invalid: InvalidRequest | None = None
        self._is_first = state is None
        try:
            self._request = parse_reconciliation(request)
            state = state or self._initial_state()
        except InvalidRequest as error:
            self._invalid = error
            return
        since, until = state.report.since, state.report.until
        period = Period(since, until) if since and until else None
        self._report = ReportBuilder(state.report)
        self._pager = PaymentPager(self._request, period, state.position, self._report)
        self._comparator = Comparator(self._request, self._report, state.unanswered)

    @workflow.run
    async def run(self, request: object = None, state: State | None = None) -> ReconciliationReport:
        """Compares every payment and returns the report.

        A request that breaks a rule fails with an application error of type `InvalidRequest`.
        """
        if self._invalid is not None:
            raise refusal(self._invalid)
        if self._is_first:
            await self._begin()
        await self._compare_everything(request)
        await self._comparator.retry_unanswered()
        self._show()
        return self._report.report

    @workflow.query(name=PROGRESS)
    def progress(self) -> ReconciliationReport:
        """Returns the report so far."""
        if self._invalid is not None:
            raise refusal(self._invalid)
        return self._report.report

    def _initial_state(self) -> State:
        period = self._request.period(workflow.now())
        report = ReconciliationReport(
            merchantAccount=self._request.merchantAccount,
            since=period.since if period else None,
            until=period.until if period else None,
        )
        return State(report=report, position=Position())

    async def _begin(self) -> None:
        workflow.upsert_search_attributes([MERCHANT_ACCOUNT.value_set(self._request.merchantAccount)])
        self._show()
        await workflow.sleep(LIST_LAG, summary="until Temporal's list of workflows is up to date")
        self._report.expect(await self._pager.expected())

    async def _compare_everything(self, request: object) -> None:
        pages = 0
        while page := await self._pager.next_page():
            self._show()
            await self._comparator.compare(page)
            pages += 1
            if pages == PAGES or workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(args=[request, self._state()])

    def _state(self) -> State:
        return State(
            report=self._report.report,
            position=self._pager.position,
            unanswered=tuple(self._comparator.unanswered),
        )

    def _show(self) -> None:
        waiting = len(self._comparator.unanswered)
        workflow.set_current_details(details(self._report.report, self._pager.position, waiting))
