"""The names that other programs and the gateway rely on."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.common import SearchAttributeIndexedValueType

from holdfast.temporal import names, search_attributes

REFERENCES = st.from_regex(r"[A-Za-z0-9._-]{1,48}", fullmatch=True).filter(
    lambda text: text not in {".", ".."}
)
KEYWORD, BOOL, DATETIME = (
    SearchAttributeIndexedValueType.KEYWORD,
    SearchAttributeIndexedValueType.BOOL,
    SearchAttributeIndexedValueType.DATETIME,
)


def test_temporal_names_are_those_of_the_contract() -> None:
    assert names.TASK_QUEUE == "card-payments"
    assert (names.CARD_PAYMENT, names.LATE_NOTIFICATION) == ("CardPayment", "LateNotification")
    assert (names.RECONCILIATION, names.DIFFERENCE) == ("Reconciliation", "Difference")
    assert (names.RECONCILE, names.RESOLVE, names.PROGRESS) == ("reconcile", "resolve", "progress")
    updates = (names.AUTHORIZE, names.CAPTURE, names.CANCEL, names.RETRY, names.REFRESH)
    assert updates == ("authorize", "capture", "cancel", "retry", "refresh")
    assert (names.PAYMENT, names.NOTIFICATION) == ("payment", "notification")
    assert names.workflow_id("ORDER_1") == "card-payment-ORDER_1"


def test_request_ids_have_the_form_of_the_contract() -> None:
    assert names.payment_request_id("ORDER_1", 1) == "ORDER_1-1"
    assert names.capture_request_id("ORDER_1", 2) == "ORDER_1-c2"


@given(reference=REFERENCES, number=st.integers(1, 999_999))
def test_request_id_contains_its_reference_and_fits_the_gateway_field(reference: str, number: int) -> None:
    for request_id in (
        names.payment_request_id(reference, number),
        names.capture_request_id(reference, number),
    ):
        assert names.reference_from_request_id(request_id) == reference
        assert len(request_id) <= 64


@given(first=REFERENCES, second=REFERENCES, number=st.integers(1, 20), other=st.integers(1, 20))
def test_request_ids_of_two_payments_are_distinct(first: str, second: str, number: int, other: int) -> None:
    ids = {
        (names.payment_request_id(first, number), names.capture_request_id(first, number)),
        (names.payment_request_id(second, other), names.capture_request_id(second, other)),
    }
    assert len(ids) == (1 if (first, number) == (second, other) else 2)
    assert names.payment_request_id(first, number) != names.capture_request_id(first, number)


@pytest.mark.parametrize(
    "request_id",
    [
        "",
        "ORDER_1",
        "ORDER_1-",
        "ORDER_1-0",
        "ORDER_1-01",
        "ORDER_1-x1",
        "ORDER_1-c",
        "ORDER_1-c0",
        "-1",
        ".-1",
        "..-1",
        "ORDER 1-1",
        "ORDER_1-1\n",
        "a/b-1",
        "x" * 49 + "-1",
        "ORDER_1-1234567",
        "ORDER_1-１",
    ],
)
def test_foreign_request_id_has_no_reference(request_id: str) -> None:
    assert names.reference_from_request_id(request_id) is None


def test_late_notification_is_known_by_its_id_and_is_no_payment() -> None:
    identifier = names.late_notification_id("0" * 64)
    assert names.is_late_notification_id(identifier)
    assert not names.is_payment_reference(identifier)
    assert not names.is_late_notification_id("late-notification-1")


@pytest.mark.parametrize("text", ["", ".", "..", "a b", "a\n", "a/b", "x" * 49, "ä"])
def test_invalid_payment_reference_is_refused(text: str) -> None:
    assert not names.is_payment_reference(text)


@given(text=st.text(max_size=60))
def test_payment_reference_is_safe_in_a_url_path(text: str) -> None:
    if names.is_payment_reference(text):
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,48}", text)
        assert text not in {".", ".."}


def test_workflow_summary_has_amount_order_and_capture_mode() -> None:
    assert names.summary("EUR 300.00", "ORDER_1", "MANUAL") == "EUR 300.00 · ORDER_1 · MANUAL"


def test_search_attributes_have_the_documented_types() -> None:
    kinds = {key.name: key.indexed_value_type for key in search_attributes.ALL}
    assert kinds == {
        "PaymentStatus": KEYWORD,
        "MerchantAccount": KEYWORD,
        "ReferenceOrderId": KEYWORD,
        "AntomPaymentId": KEYWORD,
        "CaptureBefore": DATETIME,
        "OutcomeDue": DATETIME,
        "NeedsReview": BOOL,
    }
    assert len(kinds) == len(search_attributes.ALL)
