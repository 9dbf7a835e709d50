"""The search attributes of what exists only so that a person looks at it."""

from typing import Any

from temporalio.common import SearchAttributeUpdate

from holdfast.temporal.search_attributes import ANTOM_PAYMENT_ID, MERCHANT_ACCOUNT, NEEDS_REVIEW

_LONGEST_ID = 64
"""Antom: paymentId. A longer one is none, and a search attribute could refuse it."""


def attributes(merchant_account: str, payment_id: str | None) -> list[SearchAttributeUpdate[Any]]:
    """Whom it concerns, and that a person must look."""
    updates: list[SearchAttributeUpdate[Any]] = [
        MERCHANT_ACCOUNT.value_set(merchant_account),
        NEEDS_REVIEW.value_set(True),
    ]
    if payment_id and len(payment_id) <= _LONGEST_ID:
        updates.append(ANTOM_PAYMENT_ID.value_set(payment_id))
    return updates
