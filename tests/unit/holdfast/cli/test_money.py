"""Amounts of the command line are exact, in the currency's own decimals, and never a float."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast import Amount
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.failure import CommandFailed
from holdfast.cli.money import amount_of


@pytest.mark.parametrize(
    ("currency", "major", "value"),
    [("EUR", "12.50", "1250"), ("EUR", "12", "1200"), ("EUR", "0.01", "1"), ("JPY", "1250", "1250")],
)
def test_amount_as_people_write_it_is_converted_to_minor_units(currency: str, major: str, value: str) -> None:
    assert amount_of(currency, major=major) == Amount(currency=currency, value=value)


@given(st.integers(min_value=1, max_value=10**16 - 1))
def test_every_displayed_amount_is_read_back_exactly(minor_units: int) -> None:
    amount = Amount(currency="EUR", value=str(minor_units))
    assert amount_of("EUR", major=amount.display.removeprefix("EUR ")) == amount


@pytest.mark.parametrize(
    ("currency", "major"),
    [
        ("EUR", "12.5"),
        ("EUR", "12.505"),
        ("EUR", "12,50"),
        ("EUR", "1e3"),
        ("EUR", "-1.00"),
        ("EUR", "0.00"),
        ("EUR", ""),
        ("EUR", "١٢.50"),
        ("JPY", "12.50"),
        ("KWD", "12.500"),
        ("IDR", "12.50"),
    ],
)
def test_amount_that_is_not_exact_in_its_currency_is_refused(currency: str, major: str) -> None:
    with pytest.raises(CommandFailed) as failed:
        amount_of(currency, major=major)
    assert failed.value.status is ExitStatus.USAGE


def test_minor_units_are_taken_as_they_are() -> None:
    assert amount_of("EUR", minor="1250") == Amount(currency="EUR", value="1250")
    assert amount_of("EUR") is None


@pytest.mark.parametrize("minor", ["12.50", "x", "0", "-1"])
def test_minor_units_that_are_no_positive_whole_number_are_refused(minor: str) -> None:
    with pytest.raises(CommandFailed):
        amount_of("EUR", minor=minor)


def test_both_forms_of_an_amount_at_once_are_refused() -> None:
    with pytest.raises(CommandFailed, match="exclude each other"):
        amount_of("EUR", major="1.00", minor="100")
