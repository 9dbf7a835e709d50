"""The list of payments, from Temporal's search attributes. It needs no worker and reads no payment.

Temporal's list may be about one second behind.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Self

from pydantic import AwareDatetime
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from holdfast.payment_summary import payment_summary
from holdfast.review_list import overdue_query
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.temporal import names
from holdfast.temporal.calls import answered
from holdfast.temporal.search_attributes import (
    ANTOM_PAYMENT_ID,
    CAPTURE_BEFORE,
    MERCHANT_ACCOUNT,
    NEEDS_REVIEW,
    PAYMENT_STATUS,
    REFERENCE_ORDER_ID,
)
from holdfast.validation.strict import Strict

ANSWER_WITHIN = timedelta(seconds=30)
"""How long a list may take, which reads one line about each payment."""


class PaymentFilter(Strict):
    """Which payments are listed: those that have every value that is set."""

    status: PaymentStatus | None = None
    merchantAccount: str | None = None
    needsReview: bool | None = None
    overdueAt: AwareDatetime | None = None
    """Only payments whose answer of the gateway was due before this moment."""

    @property
    def query(self) -> str:
        """The filter in Temporal's query language.

        A payment whose history grows long continues in another run, which alone is listed.
        """
        conditions = [f"WorkflowType = '{names.CARD_PAYMENT}'", "ExecutionStatus != 'ContinuedAsNew'"]
        if self.status is not None:
            conditions.append(f"{PAYMENT_STATUS.name} = '{self.status}'")
        if self.merchantAccount is not None:
            conditions.append(f"{MERCHANT_ACCOUNT.name} = {_quoted(self.merchantAccount)}")
        if self.needsReview is not None:
            conditions.append(f"{NEEDS_REVIEW.name} = {str(self.needsReview).lower()}")
        if self.overdueAt is not None:
            conditions.append(overdue_query(self.overdueAt))
        return " AND ".join(conditions)


class ListedPayment(Strict):
    """One payment of the list, as Temporal knows it without reading the payment."""

    paymentReference: str
    merchantAccount: str | None = None
    status: PaymentStatus | None = None
    """None until a worker has started the payment."""
    summary: str | None = None
    """Amount, order and capture mode, as in `EUR 300.00 · ORDER_1 · MANUAL`; None where it is encrypted with
    a key that this process does not have."""
    needsReview: bool = False
    referenceOrderId: str | None = None
    paymentId: str | None = None
    """The gateway's id of the current attempt."""
    captureBefore: AwareDatetime | None = None
    startedAt: AwareDatetime
    endedAt: AwareDatetime | None = None
    isTerminated: bool = False
    """Whether an operator has terminated the workflow, so that its status is no longer kept up to date."""

    @property
    def amount(self) -> str:
        """The amount for display, as in `EUR 300.00`; empty where the summary is not known."""
        return (self.summary or "").partition(" · ")[0]

    @classmethod
    def of(cls, execution: WorkflowExecution, reference: str, summary: str | None) -> Self:
        """Returns the list's entry of a workflow."""
        attributes = execution.typed_search_attributes
        status = attributes.get(PAYMENT_STATUS)
        return cls(
            paymentReference=reference,
            merchantAccount=attributes.get(MERCHANT_ACCOUNT),
            status=PaymentStatus(status) if status else None,
            summary=summary,
            needsReview=bool(attributes.get(NEEDS_REVIEW)),
            referenceOrderId=attributes.get(REFERENCE_ORDER_ID),
            paymentId=attributes.get(ANTOM_PAYMENT_ID),
            captureBefore=attributes.get(CAPTURE_BEFORE),
            startedAt=execution.start_time,
            endedAt=execution.close_time,
            isTerminated=execution.status is WorkflowExecutionStatus.TERMINATED,
        )


async def list_payments(client: Client, which: PaymentFilter, *, limit: int) -> list[ListedPayment]:
    """Returns the newest payments that the filter selects.

    Args:
        client: The Temporal client.
        which: The filter.
        limit: The highest number of payments.

    Raises:
        PaymentUnavailable: Temporal does not answer within `ANSWER_WITHIN`.
    """
    async with answered(client, "the list of payments", ANSWER_WITHIN):
        found = [pair async for pair in _payments(client, which, limit)]
        each = (payment_summary(client, execution.id, execution.run_id) for execution, _ in found)
        summaries = await asyncio.gather(*each)
    return [
        ListedPayment.of(execution, reference, summary)
        for (execution, reference), summary in zip(found, summaries, strict=True)
    ]


async def _payments(
    client: Client, which: PaymentFilter, limit: int
) -> AsyncIterator[tuple[WorkflowExecution, str]]:
    async for execution in client.list_workflows(which.query, limit=limit, page_size=min(limit, 1000)):
        reference = names.reference_from_workflow_id(execution.id)
        if reference is not None:
            yield execution, reference


def _quoted(text: str) -> str:
    """Returns the text as a literal of the query language, which escapes with a backslash."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
