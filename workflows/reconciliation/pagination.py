"""The way of a reconciliation through the payments: first those that ended in the period, then those that
were open at its end, then those that the gateway alone knows of, then the references.

Each payment of the period that Temporal knows is in exactly one of the first two.
"""

from datetime import UTC, datetime

from activities.reconciliation.calls import ListCall, Part, ToldCall
from holdfast.reconciliation.report import Period, ReconciliationRequest
from holdfast.temporal.names import workflow_id
from workflows.reconciliation import activity_calls as activities
from workflows.reconciliation.state import REMEMBERED, ReportBuilder, Stage, Walk

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""A payment can have been open for any time."""


class PaymentPager:
    """Pages of workflow ids; `walk` says where it is."""

    def __init__(
        self, request: ReconciliationRequest, period: Period | None, walk: Walk, tally: ReportBuilder
    ) -> None:
        self._request = request
        self._period = period
        self._tally = tally
        self.walk = walk if period else walk.model_copy(update={"stage": Stage.REFERENCES})

    async def expected(self) -> int:
        """How many payments lie ahead, those aside that nobody knows of."""
        number, period = len(self._request.references), self._period
        if period is not None:
            for part in Part:
                number += await activities.number_of_payments(self._call(part, period, Walk()))
        return number

    async def next_page(self) -> tuple[str, ...]:
        """The next payments to compare; empty at the end."""
        while self._period is not None and self.walk.stage is not Stage.REFERENCES:
            if ids := await self._of_period(self._period):
                return ids
        return self._referenced()

    async def _of_period(self, period: Period) -> tuple[str, ...]:
        if self.walk.stage is Stage.TOLD:
            return await self._told(period)
        return await self._listed(Part(self.walk.stage), period)

    async def _listed(self, part: Part, period: Period) -> tuple[str, ...]:
        call = self._call(part, period, self.walk)
        listing = await activities.latest_payments(call)
        if listing.after <= call.after:
            self.walk = Walk(stage=self._stage_after(part))
        else:
            self.walk = Walk(stage=self.walk.stage, before=listing.after, width=listing.width * 2)
        return listing.workflowIds

    def _stage_after(self, part: Part) -> Stage:
        if part is Part.ENDED:
            return Stage.OPEN
        return Stage.TOLD if self._request.readEvents else Stage.REFERENCES

    async def _told(self, period: Period) -> tuple[str, ...]:
        told = await activities.unknown_payments(
            ToldCall(
                merchantAccount=self._request.merchantAccount,
                since=period.since,
                until=period.until,
                startingAfter=self.walk.startingAfter,
                limit=self._request.pageSize,
                inquiriesPerSecond=self._request.inquiriesPerSecond,
            )
        )
        self._tally.told(told)
        new = tuple(each for each in told.workflowIds if each not in self.walk.told)
        stage = Stage.TOLD if told.startingAfter else Stage.REFERENCES
        found = (*self.walk.told, *new)[-REMEMBERED:]
        self.walk = Walk(stage=stage, startingAfter=told.startingAfter, told=found)
        return new

    def _call(self, part: Part, period: Period, walk: Walk) -> ListCall:
        return ListCall(
            merchantAccount=self._request.merchantAccount,
            part=part,
            until=period.until,
            after=period.since if part is Part.ENDED else _BEGINNING,
            before=walk.before or period.until,
            limit=self._request.pageSize,
            width=walk.width,
        )

    def _referenced(self) -> tuple[str, ...]:
        first = self.walk.references
        page = self._request.references[first : first + self._request.pageSize]
        self.walk = self.walk.model_copy(update={"references": first + len(page)})
        return tuple(workflow_id(reference) for reference in page)
