"""The checkout form: what breaks a rule is named by field, and card data is in one place alone."""

from datetime import UTC, datetime

import pytest

from tools.shop.forms.checkout import new_reference, read_checkout
from tools.shop.forms.payment_method import read_payment_method
from tools.shop.forms.shopkeeper import MAX_REASON, read_capture, reason_problem

NOW = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
NUMBER, CVC = "4054 6957-2310 0768", "123"
CARD = {"method": "card", "number": NUMBER, "expiry": "12 / 26", "cvc": CVC}
CHECKOUT = {**CARD, "reference": "SM-2345-6789", "cart": "mug-1", "email": "ada@example.com"}


def test_card_is_read_with_spaces_and_hyphens() -> None:
    card = read_payment_method(CARD, NOW).card
    assert card is not None
    assert (card.cardNo, card.cvv, card.expiryMonth, card.expiryYear) == ("4054695723100768", CVC, "12", "26")


@pytest.mark.parametrize(
    ("expiry", "read"),
    [("1/27", ("01", "27")), ("01/2027", ("01", "27")), ("0127", ("01", "27")), ("11 - 30", ("11", "30"))],
)
def test_expiry_is_read_as_people_write_it(expiry: str, read: tuple[str, str]) -> None:
    card = read_payment_method({**CARD, "expiry": expiry}, NOW).card
    assert card is not None
    assert (card.expiryMonth, card.expiryYear) == read


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("number", "", "Enter the card number"),
        ("number", "4054 6957", "12 to 19 digits"),
        ("number", "4054x95723100768", "12 to 19 digits"),
        ("number", "٤" * 16, "12 to 19 digits"),
        ("expiry", "", "Enter the expiry date"),
        ("expiry", "13/30", "month and year"),
        ("expiry", "soon", "month and year"),
        ("expiry", "11/26", "expired"),
        ("cvc", "", "Enter the security code"),
        ("cvc", "12", "three digits"),
        ("cvc", "12a", "three digits"),
    ],
)
def test_field_that_breaks_a_rule_is_named(field: str, typed: str, words: str) -> None:
    form = read_payment_method({**CARD, field: typed}, NOW)
    assert list(form.problems) == [field]
    assert words in form.problems[field]
    assert form.card is None


def test_card_is_not_read_where_the_gateways_page_is_chosen() -> None:
    form = read_payment_method({**CARD, "method": "page"}, NOW)
    assert (form.card, form.expiry, form.problems) == (None, "", {})


def test_method_must_be_chosen() -> None:
    assert list(read_payment_method({}, NOW).problems) == ["method"]


def test_form_keeps_no_card_number_and_no_security_code() -> None:
    wrong = read_checkout({**CHECKOUT, "email": "ada"}, NOW)
    right = read_checkout(CHECKOUT, NOW)
    assert wrong.problems
    assert not right.problems
    for form in (wrong, right):
        assert "4054" not in repr(form)
        assert "cvv" not in repr(form)
        assert form.payment.expiry == "12 / 26"


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@example.com", "a b@example.com", "a@b", "x" * 60 + "@example.com"]
)
def test_address_that_is_none_is_named(email: str) -> None:
    assert list(read_checkout({**CHECKOUT, "email": email}, NOW).problems) == ["email"]


def test_empty_cart_cannot_be_paid() -> None:
    assert list(read_checkout({**CHECKOUT, "cart": "yacht-1"}, NOW).problems) == ["cart"]


@pytest.mark.parametrize("reference", ["", "own-form", "SM-2345-678O", "../../x", "sm-2345-6789"])
def test_reference_of_another_form_is_replaced(reference: str) -> None:
    replaced = read_checkout({**CHECKOUT, "reference": reference}, NOW).reference
    assert replaced != reference
    assert read_checkout({**CHECKOUT, "reference": replaced}, NOW).reference == replaced


def test_references_differ() -> None:
    assert len({new_reference() for _ in range(100)}) == 100


def test_capture_without_an_amount_is_named_and_keeps_what_was_typed() -> None:
    form = read_capture({"key": "k", "amount": "ten", "last": "yes"})
    assert (form.amount, form.typed, form.is_last, list(form.problems)) == (None, "ten", True, ["amount"])


@pytest.mark.parametrize(
    ("reason", "is_refused"), [("", True), ("x" * (MAX_REASON + 1), True), ("broken", False)]
)
def test_reason_is_needed_and_short(reason: str, is_refused: bool) -> None:
    assert bool(reason_problem(reason)) is is_refused
