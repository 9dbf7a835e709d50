"""Amounts are read and written without floats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast import Amount
from tools.shop.prices import InvalidAmount, amount_text, input_text, parse_amount, price


@pytest.mark.parametrize(
    ("text", "value"),
    [("24", "2400"), ("24.5", "2450"), ("24,50", "2450"), (" €0.01 ", "1"), ("0.29", "29"), ("1.10", "110")],
)
def test_amount_is_read_as_minor_units(text: str, value: str) -> None:
    assert parse_amount(text) == Amount(currency="EUR", value=value)


@pytest.mark.parametrize(
    "text", ["", "ten", "1.234", "1,234.00", "-5", "1e3", "0", "0.00", "٢٤", "1" * 13, "24.", "NaN", "1 000"]
)
def test_text_that_is_no_amount_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidAmount, match=r"^Enter an amount "):
        parse_amount(text)


@given(st.integers(1, 10**13))
def test_every_price_is_read_as_it_is_written(minor_units: int) -> None:
    assert parse_amount(price(minor_units)).minor_units == minor_units
    assert parse_amount(input_text(minor_units)).minor_units == minor_units


def test_amount_of_another_currency_has_its_code() -> None:
    assert amount_text(Amount(currency="EUR", value="2405")) == "€24.05"
    assert amount_text(Amount(currency="JPY", value="300")) == "JPY 300"
