"""A difference between Holdfast and the gateway that no running payment can take up, kept for a person.

The workflow does nothing but exist until somebody has seen to it: it can be found by its search attributes
and read without opening code. Its id is that of the difference, so that nobody is told of it twice.
"""

from temporalio import workflow

from holdfast.errors import HoldfastError
from holdfast.reconciliation.difference import DifferenceNotice, parse_difference_resolution
from holdfast.resolution import Resolution
from holdfast.temporal.names import DIFFERENCE, RESOLVE
from holdfast.temporal.search_attributes import NEEDS_REVIEW
from settlement.difference_text import details
from workflows.refusal import refusal
from workflows.review_item import attributes


@workflow.defn(name=DIFFERENCE)
class DifferenceReview:
    """Started by a reconciliation; its result is the notice with the operator's word."""

    @workflow.init
    def __init__(self, notice: DifferenceNotice) -> None:
        self._notice = notice

    @workflow.run
    async def run(self, notice: DifferenceNotice) -> DifferenceNotice:
        """Show the notice until somebody has seen to it."""
        workflow.set_current_details(details(notice))
        workflow.upsert_search_attributes(attributes(notice.merchantAccount, notice.difference.paymentId))
        await workflow.wait_condition(lambda: self._notice.resolution is not None)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.set_current_details(details(self._notice))
        workflow.upsert_search_attributes([NEEDS_REVIEW.value_set(False)])
        return self._notice

    @workflow.update(name=RESOLVE)
    def resolve(self, request: object = None) -> DifferenceNotice:
        """An operator has seen to it: who, why, and what was looked at."""
        self._notice = self._notice.model_copy(update={"resolution": _parsed(request)})
        return self._notice

    @resolve.validator
    def _resolve_refusal(self, request: object = None) -> None:
        _parsed(request)


def _parsed(request: object) -> Resolution:
    try:
        return parse_difference_resolution(request)
    except HoldfastError as error:
        raise refusal(error) from None
