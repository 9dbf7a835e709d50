"""The lists for an operator, from Temporal's search attributes.

The list of reviews has one item for each payment under review, for each notification that no payment could
accept, and for each reported difference between the gateway's record and a payment that has ended or is
unknown. The list of overdue payments has those that have waited for an answer of the gateway for too long.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey

from holdfast.temporal import names
from holdfast.temporal.calls import answered
from holdfast.temporal.search_attributes import (
    ANTOM_PAYMENT_ID,
    MERCHANT_ACCOUNT,
    NEEDS_REVIEW,
    OUTCOME_DUE,
    PAYMENT_STATUS,
)

_PAGE_WITHIN = timedelta(seconds=10)
_OPEN = f"{NEEDS_REVIEW.name} = true AND ExecutionStatus = 'Running'"
_ALL = f"{NEEDS_REVIEW.name} = true AND ExecutionStatus != 'ContinuedAsNew'"
"""A payment whose history grows long continues in another run, which alone is listed."""


class ReviewItem(NamedTuple):
    """One item to review. `status` is the payment's; a late notification and a difference have none."""

    workflow_id: str
    workflow_type: str
    merchant_account: str | None
    status: str | None
    payment_id: str | None
    since: datetime
    is_open: bool
    outcome_due: datetime | None = None
    """Until when the gateway should have answered; None for what waits for no answer of the gateway."""

    @property
    def payment_reference(self) -> str | None:
        """The payment reference, or None for a late notification."""
        return names.reference_from_workflow_id(self.workflow_id) or names.reference_from_difference_id(
            self.workflow_id
        )


async def review_list(client: Client, *, with_ended: bool) -> AsyncIterator[ReviewItem]:
    """Yields the items, the newest first. Temporal's list may be about one second behind.

    Args:
        client: The Temporal client.
        with_ended: Whether workflows that have ended are listed too.

    Raises:
        PaymentUnavailable: Temporal does not answer for one page within 10 seconds.
    """
    executions = client.list_workflows(_ALL if with_ended else _OPEN)
    async for execution in _answered(client, executions, "the review list"):
        yield _item(execution)


def overdue_query(at: datetime) -> str:
    """Returns the query for the payments whose answer was due before this moment."""
    return f"{OUTCOME_DUE.name} < '{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}' AND ExecutionStatus = 'Running'"


async def overdue_list(
    client: Client, at: datetime, *, limit: int | None = None
) -> AsyncIterator[ReviewItem]:
    """Yields the payments whose answer was due before `at`, the newest first, `limit` of them at most.

    Raises:
        PaymentUnavailable: Temporal does not answer for one page within 10 seconds.
    """
    executions = client.list_workflows(overdue_query(at), limit=limit)
    async for execution in _answered(client, executions, "the list of overdue payments"):
        yield _item(execution)


async def _answered(
    client: Client, executions: AsyncIterator[WorkflowExecution], about: str
) -> AsyncIterator[WorkflowExecution]:
    """Yields the executions, each of whose pages has a time limit."""
    while True:
        async with answered(client, about, _PAGE_WITHIN):
            execution = await anext(executions, None)
        if execution is None:
            return
        yield execution


def _item(execution: WorkflowExecution) -> ReviewItem:
    def attribute(key: SearchAttributeKey[str]) -> str | None:
        return execution.typed_search_attributes.get(key)

    return ReviewItem(
        workflow_id=execution.id,
        workflow_type=execution.workflow_type,
        merchant_account=attribute(MERCHANT_ACCOUNT),
        status=attribute(PAYMENT_STATUS),
        payment_id=attribute(ANTOM_PAYMENT_ID),
        since=execution.start_time,
        is_open=execution.status is WorkflowExecutionStatus.RUNNING,
        outcome_due=execution.typed_search_attributes.get(OUTCOME_DUE),
    )
