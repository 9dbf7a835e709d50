"""The search attributes of payments. Temporal stores them unencrypted: they must hold no personal data."""

import re
from collections.abc import Mapping, Sequence

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

PAYMENT_STATUS = SearchAttributeKey.for_keyword("PaymentStatus")
MERCHANT_ACCOUNT = SearchAttributeKey.for_keyword("MerchantAccount")
REFERENCE_ORDER_ID = SearchAttributeKey.for_keyword("ReferenceOrderId")
ANTOM_PAYMENT_ID = SearchAttributeKey.for_keyword("AntomPaymentId")
CAPTURE_BEFORE = SearchAttributeKey.for_datetime("CaptureBefore")
NEEDS_REVIEW = SearchAttributeKey.for_bool("NeedsReview")
OUTCOME_DUE = SearchAttributeKey.for_datetime("OutcomeDue")
"""Until when the gateway should have answered what a payment waits for; absent where it waits for nothing."""

_PAYMENT_ID = re.compile(r"[!-~]{1,64}")
"""The gateway's ids have up to 64 characters (Antom: pay). A longer one is no id, and neither is one with a
space or a control character: the server may refuse to index it, and PostgreSQL stores no NUL."""

ALL = (
    PAYMENT_STATUS,
    MERCHANT_ACCOUNT,
    REFERENCE_ORDER_ID,
    ANTOM_PAYMENT_ID,
    CAPTURE_BEFORE,
    NEEDS_REVIEW,
    OUTCOME_DUE,
)
TYPES: Mapping[str, IndexedValueType.ValueType] = {
    key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in ALL
}
"""The type of each attribute in a namespace."""


def type_name(value: IndexedValueType.ValueType) -> str:
    """Returns the type as the `temporal` command writes it: Keyword, Datetime, Bool."""
    return IndexedValueType.Name(value).removeprefix("INDEXED_VALUE_TYPE_").capitalize()


def create_command(names: Sequence[str]) -> str:
    """Returns the command that creates attributes of the namespace."""
    options = " ".join(f"--name {name} --type {type_name(TYPES[name])}" for name in names)
    return f"temporal operator search-attribute create {options}"


def payment_id_updates(payment_id: str | None) -> list[SearchAttributeUpdate[str]]:
    """The update that makes a payment searchable by the gateway's id; none where there is no such id."""
    if not payment_id or not _PAYMENT_ID.fullmatch(payment_id):
        return []
    return [ANTOM_PAYMENT_ID.value_set(payment_id)]
