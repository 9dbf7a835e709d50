"""What a person must look at: a line per payment, per notification that no payment could take, and per
difference between a payment that has ended, or never was, and the gateway's record.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey

from holdfast.temporal import names
from holdfast.temporal.search_attributes import (
    ANTOM_PAYMENT_ID,
    MERCHANT_ACCOUNT,
    NEEDS_REVIEW,
    PAYMENT_STATUS,
)

_OPEN = f"{NEEDS_REVIEW.name} = true AND ExecutionStatus = 'Running'"
_ALL = f"{NEEDS_REVIEW.name} = true"


class ReviewItem(NamedTuple):
    """One thing to look at. `status` is the payment's; a late notification and a difference have none."""

    workflow_id: str
    workflow_type: str
    merchant_account: str | None
    status: str | None
    payment_id: str | None
    since: datetime
    is_open: bool

    @property
    def payment_reference(self) -> str | None:
        """The merchant's own key; None for a late notification."""
        return names.reference_from_workflow_id(self.workflow_id) or names.reference_from_difference_id(
            self.workflow_id
        )


async def review_list(client: Client, *, with_ended: bool) -> AsyncIterator[ReviewItem]:
    """The newest first. It follows the payments by a second or so, as Temporal's list does."""
    async for execution in client.list_workflows(_ALL if with_ended else _OPEN):
        yield _item(execution)


def _item(execution: WorkflowExecution) -> ReviewItem:
    def told(key: SearchAttributeKey[str]) -> str | None:
        return execution.typed_search_attributes.get(key)

    return ReviewItem(
        workflow_id=execution.id,
        workflow_type=execution.workflow_type,
        merchant_account=told(MERCHANT_ACCOUNT),
        status=told(PAYMENT_STATUS),
        payment_id=told(ANTOM_PAYMENT_ID),
        since=execution.start_time,
        is_open=execution.status is WorkflowExecutionStatus.RUNNING,
    )
