"""The choice of a payment method: the gateway's page, or a card typed on the shop's own form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from holdfast import CardData

ON_THE_PAGE, OWN_FORM = "page", "card"
_SPACES = re.compile(r"[\s-]+")
_EXPIRY = re.compile(r"(\d{1,2})\s*[/.-]?\s*(?:20)?(\d{2})", re.ASCII)


@dataclass(frozen=True)
class PaymentMethodForm:
    """What was chosen and typed. `problems` has a sentence for each field that breaks a rule.

    `card` is there when an own card was typed without a problem. Neither number nor security code is kept
    in any other field.
    """

    method: str = ON_THE_PAGE
    expiry: str = ""
    card: CardData | None = None
    problems: Mapping[str, str] = field(default_factory=dict)


def read_payment_method(form: Mapping[str, str], now: datetime) -> PaymentMethodForm:
    """Reads and validates the fields of the payment method."""
    if form.get("method") == ON_THE_PAGE:
        return PaymentMethodForm()
    if form.get("method") != OWN_FORM:
        return PaymentMethodForm(problems={"method": "Choose how you want to pay."})
    number, cvc = _SPACES.sub("", form.get("number", "")), form.get("cvc", "")
    expiry = form.get("expiry", "")[:20]
    found = {"number": _number(number), "expiry": _expiry(expiry, now), "cvc": _cvc(cvc)}
    problems = {name: problem for name, problem in found.items() if problem}
    card = None if problems else _card(number, expiry, cvc)
    return PaymentMethodForm(OWN_FORM, expiry, card, problems)


def _card(number: str, expiry: str, cvc: str) -> CardData:
    month, year = _month_and_year(expiry) or ("", "")
    return CardData(cardNo=number, cvv=cvc, expiryMonth=month, expiryYear=year)


def _number(number: str) -> str:
    if not number:
        return "Enter the card number."
    is_number = number.isascii() and number.isdigit() and 12 <= len(number) <= 19
    return "" if is_number else "A card number has 12 to 19 digits. Check what you have typed."


def _cvc(cvc: str) -> str:
    if not cvc:
        return "Enter the security code."
    is_code = cvc.isascii() and cvc.isdigit() and len(cvc) in (3, 4)
    return "" if is_code else "The security code has three digits, on some cards four."


def _expiry(expiry: str, now: datetime) -> str:
    if not expiry:
        return "Enter the expiry date."
    found = _month_and_year(expiry)
    if found is None:
        return "Enter month and year, for example 12/29."
    month, year = found
    return "" if (2000 + int(year), int(month)) >= (now.year, now.month) else "This card has expired."


def _month_and_year(expiry: str) -> tuple[str, str] | None:
    found = _EXPIRY.fullmatch(expiry.strip())
    if found is None or not 1 <= int(found[1]) <= 12:
        return None
    return found[1].zfill(2), found[2]
