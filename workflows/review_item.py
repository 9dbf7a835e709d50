"""The search attributes of workflows that exist only for a review by an operator."""

from typing import Any

from temporalio.common import SearchAttributeUpdate

from holdfast.temporal.search_attributes import MERCHANT_ACCOUNT, NEEDS_REVIEW, payment_id_updates


def attributes(merchant_account: str, payment_id: str | None) -> list[SearchAttributeUpdate[Any]]:
    """Returns the search attributes that put a workflow on the review list of its merchant account."""
    return [
        MERCHANT_ACCOUNT.value_set(merchant_account),
        NEEDS_REVIEW.value_set(True),
        *payment_id_updates(payment_id),
    ]
