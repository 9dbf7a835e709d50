"""A signed notification that no running payment could take, kept where an operator sees it.

The workflow does nothing but exist: it can be found by its search attributes, read without opening code,
and ends at once, so it is kept for as long as the namespace keeps closed workflows.
"""

from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from payments.late import LateNotice
    from payments.late_text import details
    from payments.names import LATE_NOTIFICATION
    from payments.search_attributes import ANTOM_PAYMENT_ID, MERCHANT_ACCOUNT, NEEDS_REVIEW

LONGEST_ID = 64
"""Antom: paymentId. A longer one is none, and a search attribute could refuse it."""


@workflow.defn(name=LATE_NOTIFICATION)
class LateNotification:
    """Started by the webhook, once per notification however often it is sent."""

    @workflow.run
    async def run(self, notice: LateNotice) -> LateNotice:
        """Show the notice to an operator; it is the result as well."""
        workflow.set_current_details(details(notice))
        workflow.upsert_search_attributes(_search_attributes(notice))
        return notice


def _search_attributes(notice: LateNotice) -> list[SearchAttributeUpdate[Any]]:
    """Whom it concerns, and that a person must look."""
    updates: list[SearchAttributeUpdate[Any]] = [
        MERCHANT_ACCOUNT.value_set(notice.merchantAccount),
        NEEDS_REVIEW.value_set(True),
    ]
    payment_id = notice.facts.evidence.paymentId if notice.facts else None
    if payment_id and len(payment_id) <= LONGEST_ID:
        updates.append(ANTOM_PAYMENT_ID.value_set(payment_id))
    return updates
