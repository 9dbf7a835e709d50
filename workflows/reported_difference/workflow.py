"""The workflow that keeps a difference between Holdfast and the gateway until an operator acknowledges it.

Operators find it by its search attributes and read its details in the Temporal UI. Its id identifies the
difference, so that the same difference is reported once.
"""

from temporalio import workflow

from holdfast.errors import HoldfastError
from holdfast.reconciliation.difference import DifferenceNotice, parse_difference_resolution
from holdfast.resolution import Resolution
from holdfast.temporal.names import DIFFERENCE, RESOLVE
from holdfast.temporal.search_attributes import NEEDS_REVIEW
from settlement.comparison.difference_text import details
from workflows.refusal import refusal
from workflows.review_item import attributes


@workflow.defn(name=DIFFERENCE)
class DifferenceReview:
    """Keeps a difference that a reconciliation has found. Its result is the notice with the resolution."""

    @workflow.init
    def __init__(self, notice: DifferenceNotice) -> None:
        self._notice = notice

    @workflow.run
    async def run(self, notice: DifferenceNotice) -> DifferenceNotice:
        """Shows the notice to operators until one of them has acknowledged it."""
        workflow_id = workflow.info().workflow_id
        workflow.set_current_details(details(notice, workflow_id))
        workflow.upsert_search_attributes(attributes(notice.merchantAccount, notice.difference.paymentId))
        await workflow.wait_condition(lambda: self._notice.resolution is not None)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.set_current_details(details(self._notice, workflow_id))
        workflow.upsert_search_attributes([NEEDS_REVIEW.value_set(False)])
        return self._notice

    @workflow.update(name=RESOLVE)
    def resolve(self, request: object = None) -> DifferenceNotice:
        """Records the acknowledgement of an operator and returns the notice with it."""
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
