"""The outcome of each of Antom's sandbox cards, the validation of card data, and its masked form.

A card number, CVV or expiry is validated and never stored: `Card` holds the masked number alone.
"""

from dataclasses import dataclass
from datetime import datetime

from simulator.http.body import Refused

DECLINED = frozenset({"4054692760174822", "5162770472561357"})
FRICTIONLESS = frozenset({"4035501000000008"})
ACCEPTED = frozenset(
    {
        "4054695723100768",
        "5162774114974622",
        "9490220011669217",
        "4294097400915107",
        "4006055482525268",
        "4600729331819383",
        "4310377720003234",
        *FRICTIONLESS,
    }
)


@dataclass(frozen=True)
class SandboxCard:
    """A card number of the sandbox for the hosted page, and what a payment by it does."""

    number: str
    name: str
    effect: str

    @property
    def grouped(self) -> str:
        """The number in groups of four digits, as on a card."""
        return " ".join(self.number[place : place + 4] for place in range(0, len(self.number), 4))


SANDBOX_CARDS = (
    SandboxCard("4054695723100768", "Visa", "The bank accepts it."),
    SandboxCard("5162774114974622", "Mastercard", "The bank accepts it."),
    SandboxCard("4035501000000008", "Visa", "The bank accepts it, and 3-D Secure needs no confirmation."),
    SandboxCard("4054692760174822", "Visa", "The bank declines it."),
    SandboxCard("5162770472561357", "Mastercard", "The bank declines it."),
    SandboxCard("4111111111111112", "Mistyped number", "The page asks for another number."),
)
OTHER_COUNTRIES = (
    SandboxCard("4294097400915107", "Visa, Brazil", "The bank accepts it."),
    SandboxCard("4006055482525268", "Visa, Mexico", "The bank accepts it."),
    SandboxCard("4600729331819383", "Visa, Chile", "The bank accepts it."),
    SandboxCard("4310377720003234", "Visa, Peru", "The bank accepts it."),
    SandboxCard("9490220011669217", "Hyundai, Korea", "The bank accepts it."),
)


@dataclass(frozen=True)
class Card:
    """What is stored of a validated card; `decline_code` is set where the issuer declines it."""

    masked: str
    brand: str
    decline_code: str | None = None
    frictionless: bool = False


TOKEN_CARD = Card(masked="405469******0768", brand="VISA")


def check_card(number: str, cvv: str, month: str, year: str, now: datetime) -> Card:
    """Returns the outcome of a card as in the sandbox. Raises `Refused` for invalid card data."""
    if not (cvv.isascii() and cvv.isdigit() and len(cvv) in (3, 4)):
        raise Refused("PARAM_ILLEGAL", "paymentMethod.paymentMethodMetaData.cvv")
    if not _valid_until(month, year, now):
        raise Refused("INVALID_EXPIRATION_DATE", "The card's expiration date is invalid.")
    if number not in ACCEPTED | DECLINED and not luhn(number):
        raise Refused("INVALID_CARD_NUMBER", "The card number is invalid.")
    return Card(
        masked=f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}",
        brand=brand(number),
        decline_code="DO_NOT_HONOR" if number in DECLINED else None,
        frictionless=number in FRICTIONLESS,
    )


def _valid_until(month: str, year: str, now: datetime) -> bool:
    if not (month.isascii() and month.isdigit() and year.isascii() and year.isdigit() and len(year) == 2):
        return False
    return 1 <= int(month) <= 12 and (2000 + int(year), int(month)) >= (now.year, now.month)


def luhn(number: str) -> bool:
    """Returns whether a number of 12 to 19 digits has the right check digit (ISO/IEC 7812-1)."""
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def brand(number: str) -> str:
    """Returns Antom's card brand for the first digits of a number."""
    starts = {"4": "VISA", "5": "MASTERCARD", "2": "MASTERCARD", "34": "AMEX", "37": "AMEX", "35": "JCB"}
    starts |= {"6": "DISCOVER", "62": "CUP", "36": "DINERS", "30": "DINERS", "9": "HYUNDAI"}
    return starts.get(number[:2]) or starts.get(number[:1]) or "VISA"
