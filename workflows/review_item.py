"""The search attributes of a workflow that exists only so that a person looks at it."""

from typing import Any

from temporalio.common import SearchAttributeUpdate

from holdfast.temporal.search_attributes import MERCHANT_ACCOUNT, NEEDS_REVIEW, payment_id_updates


def attributes(merchant_account: str, payment_id: str | None) -> list[SearchAttributeUpdate[Any]]:
    """The merchant account, the gateway's id of the payment, and that a person must look."""
    return [
        MERCHANT_ACCOUNT.value_set(merchant_account),
        NEEDS_REVIEW.value_set(True),
        *payment_id_updates(payment_id),
    ]
