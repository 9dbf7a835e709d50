"""Amounts as a person writes and reads them. They are whole numbers of minor units, never floats."""

import re

from holdfast import Amount
from holdfast.antom.amounts import decimals
from tools.demo.shop import CURRENCY

_DECIMAL = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?", re.ASCII)
_SIGN = {"EUR": "€"}


class InvalidAmount(ValueError):
    """A text is no amount; the message is a sentence for the person who typed it."""


def price(minor_units: int) -> str:
    """Formats an amount in the shop's currency, as in "€24.00"."""
    whole, fraction = divmod(minor_units, 10 ** decimals(CURRENCY))
    return f"{_SIGN[CURRENCY]}{whole}.{fraction:0{decimals(CURRENCY)}}"


def amount_text(amount: Amount) -> str:
    """Formats an amount of any currency."""
    return price(amount.minor_units) if amount.currency == CURRENCY else amount.display


def input_text(minor_units: int) -> str:
    """Formats an amount for an input field, as in "24.00"."""
    return price(minor_units).removeprefix(_SIGN[CURRENCY])


def parse_amount(text: str) -> Amount:
    """Parses an amount in major units, such as "24", "24.5" or "24,50".

    Raises:
        InvalidAmount: The text is no amount, or it is zero.
    """
    found = _DECIMAL.fullmatch(text.strip().removeprefix(_SIGN[CURRENCY]).strip())
    if found is None:
        raise InvalidAmount("Enter an amount such as 24.50: digits, and at most two after the point.")
    minor_units = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if minor_units == 0:
        raise InvalidAmount("Enter an amount above zero.")
    return Amount(currency=CURRENCY, value=str(minor_units))
