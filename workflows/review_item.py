"""The search attributes of workflows that exist only for a review by an operator."""

from typing import Any

from temporalio.common import SearchAttributeUpdate

from holdfast.temporal.search_attributes import ANTOM_PAYMENT_ID, MERCHANT_ACCOUNT, NEEDS_REVIEW

_LONGEST_ID = 64
"""The highest length of a paymentId (Antom). Temporal may reject a longer value as a search attribute."""


def attributes(merchant_account: str, payment_id: str | None) -> list[SearchAttributeUpdate[Any]]:
    """Returns the search attributes that put a workflow on the review list of its merchant account."""
    updates: list[SearchAttributeUpdate[Any]] = [
        MERCHANT_ACCOUNT.value_set(merchant_account),
        NEEDS_REVIEW.value_set(True),
    ]
    if payment_id and len(payment_id) <= _LONGEST_ID:
        updates.append(ANTOM_PAYMENT_ID.value_set(payment_id))
    return updates
