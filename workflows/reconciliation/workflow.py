"""The workflow that compares what Holdfast believes with what the gateway says, payment by payment.

It changes nothing at the gateway. Its history stays short however many payments there are: it goes on as a
new run after some pages, from where it was.
"""

from temporalio import workflow

from holdfast.errors import InvalidRequest
from holdfast.reconciliation.report import Period, ReconciliationReport, parse_reconciliation
from holdfast.temporal.names import PROGRESS, RECONCILIATION
from holdfast.temporal.search_attributes import MERCHANT_ACCOUNT
from workflows.reconciliation.comparison import Comparator
from workflows.reconciliation.operator_view import details
from workflows.reconciliation.pagination import PaymentPager
from workflows.reconciliation.state import ReportBuilder, State, Walk
from workflows.refusal import refusal
from workflows.timing import LIST_LAG

PAGES = 50
"""So many pages make one run's history."""


@workflow.defn(name=RECONCILIATION)
class Reconciliation:
    """One run over a period, or over a list of references. The argument is taken as any JSON."""

    @workflow.init
    def __init__(self, request: object = None, state: State | None = None) -> None:
        self._invalid: InvalidRequest | None = None
        self._is_first = state is None
        try:
            self._request = parse_reconciliation(request)
            state = state or self._begun()
        except InvalidRequest as error:
            self._invalid = error
            return
        since, until = state.report.since, state.report.until
        period = Period(since, until) if since and until else None
        self._tally = ReportBuilder(state.report)
        self._walker = PaymentPager(self._request, period, state.walk, self._tally)
        self._comparer = Comparator(self._request, self._tally, state.unanswered)

    @workflow.run
    async def run(self, request: object = None, state: State | None = None) -> ReconciliationReport:
        """What was compared and found. A request that breaks a rule fails as `InvalidRequest`."""
        if self._invalid is not None:
            raise refusal(self._invalid)
        if self._is_first:
            await self._begin()
        await self._compare_everything(request)
        await self._comparer.ask_later()
        self._show()
        return self._tally.report

    @workflow.query(name=PROGRESS)
    def progress(self) -> ReconciliationReport:
        """The report so far."""
        if self._invalid is not None:
            raise refusal(self._invalid)
        return self._tally.report

    def _begun(self) -> State:
        period = self._request.period(workflow.now())
        report = ReconciliationReport(
            merchantAccount=self._request.merchantAccount,
            since=period.since if period else None,
            until=period.until if period else None,
        )
        return State(report=report, walk=Walk())

    async def _begin(self) -> None:
        workflow.upsert_search_attributes([MERCHANT_ACCOUNT.value_set(self._request.merchantAccount)])
        self._show()
        await workflow.sleep(LIST_LAG, summary="until Temporal's list shows the period as it was")
        self._tally.expect(await self._walker.expected())

    async def _compare_everything(self, request: object) -> None:
        pages = 0
        while page := await self._walker.next_page():
            self._show()
            await self._comparer.compare(page)
            pages += 1
            if pages == PAGES or workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(args=[request, self._state()])

    def _state(self) -> State:
        return State(
            report=self._tally.report,
            walk=self._walker.walk,
            unanswered=tuple(self._comparer.not_answered),
        )

    def _show(self) -> None:
        waiting = len(self._comparer.not_answered)
        workflow.set_current_details(details(self._tally.report, self._walker.walk, waiting))
