"""How a reconciliation looks at payments: what agrees is done, the rest is looked at again before it counts.

A difference is believed when it was found several times in a row (`workflows.timing`). A running
payment is then asked to ask the gateway itself, one that has ended is reported to a person.
"""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow

from activities.reconciliation.calls import CompareCall, Finding, Look
from holdfast.reconciliation.difference import Difference, DifferenceNotice
from holdfast.reconciliation.report import DifferenceDisposition as Became
from holdfast.reconciliation.report import FoundDifference, ReconciliationRequest
from holdfast.temporal.names import reference_in
from workflows.reconciliation import activity_calls as activities
from workflows.reconciliation.state import Count, ReportBuilder
from workflows.timing import ASK_LATER, DIFFERENCE_LOOKS, DIFFERENCE_PAUSE, SILENCE_LONGEST, SILENCE_PAUSE

ASKED_LATER = 1000
"""So many payments without an answer are kept to be asked again at the end."""
_AGAIN = "until what does not agree is looked at again"


class Comparator:
    """Compares pages of payments and counts each of them once."""

    def __init__(
        self, request: ReconciliationRequest, tally: ReportBuilder, not_answered: Sequence[str]
    ) -> None:
        self._request = request
        self._tally = tally
        self._silence = timedelta(0)
        self.not_answered = list(not_answered)
        """Workflow ids to ask about again at the end."""

    async def compare(self, workflow_ids: Sequence[str]) -> None:
        """Look, and look again at what does not agree; a gateway that answers nobody is given time."""
        looks = await self._looks(workflow_ids)
        is_silent = all(look.finding is Finding.NOT_ANSWERED for look in looks)
        odd = self._odd(looks)
        for _ in range(DIFFERENCE_LOOKS - 1):
            if odd:
                await workflow.sleep(DIFFERENCE_PAUSE, summary=_AGAIN)
                odd = self._odd(await self._looks([look.workflowId for look in odd]))
        for look in odd:
            await self._conclude(look)
        await self._heed_silence(is_silent=is_silent)

    async def ask_later(self) -> None:
        """Ask about what was not answered, three times more; what is not answered then is counted as that."""
        for pause in ASK_LATER:
            if self.not_answered:
                await workflow.sleep(pause, summary="until what was not answered is asked again")
                waiting, self.not_answered, size = self.not_answered, [], self._request.pageSize
                for first in range(0, len(waiting), size):
                    await self.compare(waiting[first : first + size])
        for workflow_id in self.not_answered:
            self._tally.add(reference_in(workflow_id) or workflow_id, Count.NOT_ANSWERED)
        self.not_answered = []

    async def _looks(self, workflow_ids: Sequence[str]) -> list[Look]:
        looks, left = list[Look](), tuple(workflow_ids)
        while left:
            call = CompareCall(
                merchantAccount=self._request.merchantAccount,
                workflowIds=left,
                inquiriesPerSecond=self._request.inquiriesPerSecond,
            )
            comparison = await activities.compare(call)
            self._tally.slowed(comparison.trafficLimits)
            looks += comparison.looks
            left = comparison.left
        return looks

    def _odd(self, looks: Sequence[Look]) -> list[Look]:
        """Those that do not agree; the others are counted."""
        for look in looks:
            if look.finding is Finding.AGREED:
                self._tally.add(look.paymentReference, Count.AGREED)
        return [look for look in looks if look.finding is not Finding.AGREED]

    async def _conclude(self, look: Look) -> None:
        if look.finding is Finding.NOT_ANSWERED:
            self._ask_at_the_end(look)
        elif not look.differences:
            self._tally.add(look.paymentReference, Count.IN_MOTION)
        elif look.isRunning:
            await self._let_it_ask(look)
        else:
            await self._report(look)

    def _ask_at_the_end(self, look: Look) -> None:
        if len(self.not_answered) < ASKED_LATER:
            self.not_answered.append(look.workflowId)
        else:
            self._tally.add(look.paymentReference, Count.NOT_ANSWERED)

    async def _let_it_ask(self, look: Look) -> None:
        """Evidence has one way into a payment: its own. What stands afterwards, it has flagged itself."""
        is_taken = await activities.reconcile(look.workflowId)
        after = await self._settled(look.workflowId)
        if after.finding is Finding.NOT_ANSWERED:
            self._ask_at_the_end(after)
        elif after.finding is Finding.AGREED:
            self._add(look, Count.CORRECTED, Became.CORRECTED)
        elif after.finding is Finding.IN_MOTION:
            self._add(look, Count.IN_MOTION, Became.TAKEN_UP)
        elif after.isRunning and is_taken:
            self._add(after, Count.DIFFERENT, Became.FLAGGED)
        else:
            await self._report(after)

    async def _settled(self, workflow_id: str) -> Look:
        """A payment that acts upon what it has been told, once it has come to rest."""
        [look] = await self._looks([workflow_id])
        for _ in range(DIFFERENCE_LOOKS - 1):
            if look.finding is Finding.IN_MOTION:
                await workflow.sleep(DIFFERENCE_PAUSE, summary=_AGAIN)
                [look] = await self._looks([workflow_id])
        return look

    def _add(self, look: Look, count: Count, became: Became) -> None:
        found = [_found(look, difference, became) for difference in look.differences]
        self._tally.add(look.paymentReference, count, found)

    async def _report(self, look: Look) -> None:
        found = [
            _found(look, difference, await self._keep(look, difference)) for difference in look.differences
        ]
        self._tally.add(look.paymentReference, Count.DIFFERENT, found)

    async def _keep(self, look: Look, difference: Difference) -> Became:
        """A workflow of its own, under an id that the same difference always has."""
        notice = DifferenceNotice(
            merchantAccount=self._request.merchantAccount,
            paymentReference=look.paymentReference,
            paymentStatus=look.status,
            foundAt=workflow.now(),
            difference=difference,
        )
        is_new = await activities.report_difference(notice)
        return Became.REPORTED if is_new else Became.REPORTED_BEFORE

    async def _heed_silence(self, *, is_silent: bool) -> None:
        """Nobody answered: the gateway is away, and the next payments would fare no better."""
        if not is_silent:
            self._silence = timedelta(0)
            return
        self._silence = min(max(self._silence * 2, SILENCE_PAUSE), SILENCE_LONGEST)
        await workflow.sleep(self._silence, summary="until a gateway that answers nothing is asked again")


def _found(look: Look, difference: Difference, became: Became) -> FoundDifference:
    return FoundDifference(paymentReference=look.paymentReference, difference=difference, outcome=became)
