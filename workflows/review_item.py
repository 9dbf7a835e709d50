"""The search attributes of workflows that exist only for a review by an operator."""

from typing import Any

from temporalio.common import SearchAttributeUpdate

from holdfast.temporal.search_attributes import MERCHANT_ACCOUNT, NEEDS_REVIEW, payment_id_updates


def attributes(
    merchant_account: str, payment_id: str | None, *, needs_review: bool = True
) -> list[SearchAttributeUpdate[Any]]:
    """Returns the search attributes that put a workflow on the review list of its merchant account.

    With `needs_review` false, the workflow can be found and is not on the list.
    """
    return [
        MERCHANT_ACCOUNT.value_set(merchant_account),
        NEEDS_REVIEW.value_set(needs_review),
        *payment_id_updates(payment_id),
    ]
