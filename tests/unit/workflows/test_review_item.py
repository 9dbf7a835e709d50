"""The search attributes that put a workflow on the review list."""

import pytest

from holdfast.temporal.search_attributes import ANTOM_PAYMENT_ID, MERCHANT_ACCOUNT, NEEDS_REVIEW
from workflows.review_item import attributes


def values(payment_id: str | None) -> dict[str, object]:
    return {update.key.name: update.value for update in attributes("shop-two", payment_id)}


def test_review_item_has_account_review_and_payment_id() -> None:
    assert values("2026") == {
        MERCHANT_ACCOUNT.name: "shop-two",
        NEEDS_REVIEW.name: True,
        ANTOM_PAYMENT_ID.name: "2026",
    }


@pytest.mark.parametrize("payment_id", [None, "", "9" * 65])
def test_missing_or_oversized_payment_id_is_left_out(payment_id: str | None) -> None:
    assert values(payment_id) == {MERCHANT_ACCOUNT.name: "shop-two", NEEDS_REVIEW.name: True}
