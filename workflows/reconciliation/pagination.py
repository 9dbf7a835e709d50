"""The pagination of a reconciliation: the pages of payments to compare, stage by stage.

The stages are the payments that ended in the period, the payments that were open at its end, the payments
that only the gateway knows, and the references of the request. Each payment of the period that Temporal knows
belongs to exactly one of the first two.
"""

from datetime import UTC, datetime

from activities.reconciliation.calls import ListCall, Part, UnknownPaymentsCall
from holdfast.reconciliation.report import Period, ReconciliationRequest
from holdfast.temporal.names import workflow_id
from workflows.reconciliation import activity_calls as activities
from workflows.reconciliation.state import REMEMBERED_PAYMENTS, Position, ReportBuilder, Stage

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""The earliest start of an open payment, which may have been open for any time."""


class PaymentPager:
    """Returns pages of workflow ids. `position` is the current position.

    Args:
        request: The request of the reconciliation.
        period: The period, or None when only references are compared.
        position: The position to start from.
        report: Counts the events of the gateway that are read.
    """

    def __init__(
        self,
        request: ReconciliationRequest,
        period: Period | None,
        position: Position,
        report: ReportBuilder,
    ) -> None:
        self._request = request
        self._period = period
        self._report = report
        self.position = position if period else position.model_copy(update={"stage": Stage.REFERENCES})

    async def expected(self) -> int:
        """Returns the number of payments to compare, without those that only the gateway knows."""
        number, period = len(self._request.references), self._period
        if period is not None:
            for part in Part:
                number += await activities.number_of_payments(self._list_call(part, period, Position()))
        return number

    async def next_page(self) -> tuple[str, ...]:
        """Returns the workflow ids of the next payments, or an empty page at the end."""
        while self._period is not None and self.position.stage is not Stage.REFERENCES:
            if page := await self._next_of_period(self._period):
                return page
        return self._next_references()

    async def _next_of_period(self, period: Period) -> tuple[str, ...]:
        if self.position.stage is Stage.NOTIFICATIONS:
            return await self._next_unmatched(period)
        return await self._next_listed(Part(self.position.stage), period)

    async def _next_listed(self, part: Part, period: Period) -> tuple[str, ...]:
        call = self._list_call(part, period, self.position)
        listing = await activities.latest_payments(call)
        if listing.after <= call.after:
            self.position = Position(stage=self._stage_after(part))
        else:
            self.position = Position(stage=self.position.stage, before=listing.after, width=listing.width * 2)
        return listing.workflowIds

    def _stage_after(self, part: Part) -> Stage:
        if part is Part.ENDED:
            return Stage.OPEN
        return Stage.NOTIFICATIONS if self._request.readEvents else Stage.REFERENCES

    async def _next_unmatched(self, period: Period) -> tuple[str, ...]:
        notifications = await activities.unknown_payments(
            UnknownPaymentsCall(
                merchantAccount=self._request.merchantAccount,
                since=period.since,
                until=period.until,
                startingAfter=self.position.startingAfter,
                limit=self._request.pageSize,
                inquiriesPerSecond=self._request.inquiriesPerSecond,
            )
        )
        self._report.add_events(notifications)
        known = self.position.unmatched
        new = tuple(each for each in notifications.workflowIds if each not in known)
        self.position = Position(
            stage=Stage.NOTIFICATIONS if notifications.startingAfter else Stage.REFERENCES,
            startingAfter=notifications.startingAfter,
            unmatched=(*known, *new)[-REMEMBERED_PAYMENTS:],
        )
        return new

    def _list_call(self, part: Part, period: Period, position: Position) -> ListCall:
        return ListCall(
            merchantAccount=self._request.merchantAccount,
            part=part,
            until=period.until,
            after=period.since if part is Part.ENDED else _EARLIEST,
            before=position.before or period.until,
            limit=self._request.pageSize,
            width=position.width,
        )

    def _next_references(self) -> tuple[str, ...]:
        first = self.position.references
        page = self._request.references[first : first + self._request.pageSize]
        self.position = self.position.model_copy(update={"references": first + len(page)})
        return tuple(workflow_id(reference) for reference in page)
