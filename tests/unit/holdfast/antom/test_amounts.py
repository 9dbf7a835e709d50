"""Amounts as digit strings in minor units, with the rules of each currency."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from holdfast.antom.amounts import CURRENCIES, Amount, ReceivedAmount, decimals
from holdfast.antom.models import format_validation_error

NO_DECIMALS = {"CLP", "JPY", "KRW", "VND"}
TWO_DECIMALS = "AUD BDT BRL CAD CNY EUR GBP HKD IDR MXN MYR NZD PEN PHP PKR PLN SGD THB TWD USD"
LISTED = NO_DECIMALS | set(TWO_DECIMALS.split())
UNLISTED = ["KWD", "BHD", "TND", "CHF", "XXX", "ZZZ"]
MINOR_UNITS = st.integers(min_value=1, max_value=10**16 - 1)


def refusal(currency: object, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Amount.model_validate({"currency": currency, "value": value})
    return format_validation_error(caught.value)


def test_currencies_are_those_that_antom_lists() -> None:
    assert CURRENCIES == LISTED
    assert {currency for currency in LISTED if decimals(currency) == 0} == NO_DECIMALS
    assert {decimals(currency) for currency in LISTED - NO_DECIMALS} == {2}


@given(currency=st.sampled_from(sorted(LISTED - {"IDR"})), minor_units=MINOR_UNITS)
def test_positive_amount_of_a_listed_currency_is_serialized_unchanged(
    currency: str, minor_units: int
) -> None:
    amount = Amount(currency=currency, value=str(minor_units))
    assert amount.minor_units == minor_units
    assert json.loads(amount.model_dump_json()) == {"currency": currency, "value": str(minor_units)}


@given(currency=st.sampled_from(sorted(LISTED - {"IDR"})), minor_units=MINOR_UNITS)
def test_display_is_the_exact_amount(currency: str, minor_units: int) -> None:
    displayed, _, number = Amount(currency=currency, value=str(minor_units)).display.partition(" ")
    assert displayed == currency
    assert Decimal(number).scaleb(decimals(currency)) == minor_units
    assert -int(Decimal(number).as_tuple().exponent) == decimals(currency)


@pytest.mark.parametrize(
    ("currency", "value", "display"),
    [("EUR", "30000", "EUR 300.00"), ("EUR", "5", "EUR 0.05"), ("JPY", "300", "JPY 300")],
)
def test_display_of_an_amount_uses_major_units(currency: str, value: str, display: str) -> None:
    assert Amount(currency=currency, value=value).display == display


@given(minor_units=MINOR_UNITS)
def test_idr_amount_must_end_in_00(minor_units: int) -> None:
    if minor_units % 100 == 0:
        assert Amount(currency="IDR", value=str(minor_units)).minor_units == minor_units
    else:
        assert refusal("IDR", str(minor_units)) == "value of an IDR amount must end in 00"


@pytest.mark.parametrize("currency", UNLISTED)
def test_unlisted_currency_is_refused_by_name(currency: str) -> None:
    assert refusal(currency, "100") == f"currency: currency {currency} is not one Antom lists"
    with pytest.raises(ValueError, match=currency):
        decimals(currency)


@pytest.mark.parametrize("currency", ["eur", "EURO", "EU", "", "€", "EUR ", "4117347806156383", "ÄÖÜ"])
def test_malformed_currency_code_is_refused_without_being_repeated(currency: str) -> None:
    assert refusal(currency, "100") == "currency: must be an ISO 4217 code of three capital letters"


@pytest.mark.parametrize(
    "value",
    ["", "0", "00", "01", "-1", "+1", "1.0", "1e3", " 1", "1\n", "1_000", "1,000", "١٢٣", "²", "1" * 17],
)
def test_value_that_is_not_one_to_sixteen_digits_and_positive_is_refused(value: str) -> None:
    assert refusal("EUR", value).startswith("value: must be a positive whole number of minor units")


@pytest.mark.parametrize("value", [1, 1.0, Decimal(1), True, None, ["1"]])
def test_value_that_is_not_a_string_is_refused(value: object) -> None:
    assert refusal("EUR", value) == "value: must be a string"


def test_value_of_sixteen_digits_is_accepted() -> None:
    assert Amount(currency="EUR", value="9" * 16).minor_units == 10**16 - 1


@pytest.mark.parametrize("value", ["30000", 30000, "030000"])
def test_received_amount_matches_equal_number_in_any_spelling(value: object) -> None:
    received = ReceivedAmount.model_validate({"currency": "EUR", "value": value, "new": 1})
    assert received.matches(Amount(currency="EUR", value="30000"))


@pytest.mark.parametrize(
    ("currency", "value"),
    [
        ("EUR", "30001"),
        ("USD", "30000"),
        ("EUR", "300.00"),
        ("EUR", 30000.0),
        ("EUR", ""),
        ("EUR", "-30000"),
        ("eur", "30000"),
        ("EUR", "３００００"),
        ("KWD", "x"),
    ],
)
def test_different_received_amount_does_not_match(currency: str, value: object) -> None:
    received = ReceivedAmount.model_validate({"currency": currency, "value": value})
    assert not received.matches(Amount(currency="EUR", value="30000"))


@given(value=st.text(max_size=64), currency=st.text(max_size=8))
def test_received_amount_of_any_text_is_compared_without_an_error(value: str, currency: str) -> None:
    received = ReceivedAmount(currency=currency, value=value)
    is_equal = currency == "EUR" and value.isascii() and value.isdigit() and int(value) == 30000
    assert received.matches(Amount(currency="EUR", value="30000")) is is_equal
