"""The card form of the cashier page: what was typed, which test cards there are, and what was wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.cards import OTHER_COUNTRIES, SANDBOX_CARDS, SandboxCard
from simulator.http.body import Refused

CARD_NUMBER, EXPIRY_MONTH, EXPIRY_YEAR, SECURITY_CODE = "cardNo", "expiryMonth", "expiryYear", "cvv"
CHOSEN_CARD = "chosenCard"
"""The field of the buttons that fill the form with a test card where there is no JavaScript."""
MAX_TYPED = 32

_MISTAKES = {
    "INVALID_CARD_NUMBER": (
        CARD_NUMBER,
        "This is not a card number: its check digit does not fit. Compare it with the card.",
    ),
    "INVALID_EXPIRATION_DATE": (
        EXPIRY_MONTH,
        "The card has expired, or this is not a month and a year with two digits each.",
    ),
    "PARAM_ILLEGAL": (SECURITY_CODE, "The security code has three digits, or four on American Express."),
}


@dataclass(frozen=True)
class Mistake:
    """What is wrong with the typed card, and the name of the field that the buyer should correct."""

    field: str
    sentence: str

    @classmethod
    def of(cls, refused: Refused) -> "Mistake":
        """Returns the mistake behind a refusal of `check_card`."""
        return cls(*_MISTAKES[refused.code])


@dataclass(frozen=True)
class CardForm:
    """The values of the form. The first one is filled in with a card that is accepted."""

    number: str = SANDBOX_CARDS[0].number
    month: str = "12"
    year: str = "39"
    security_code: str = "123"
    mistake: Mistake | None = None

    @classmethod
    def chosen(cls, number: str) -> "CardForm":
        """Returns the form filled in with a test card; the first one where the number is none of them."""
        known = {card.number for card in (*SANDBOX_CARDS, *OTHER_COUNTRIES)}
        return cls(number=number) if number in known else cls()

    @classmethod
    def refused(cls, form: Mapping[str, str], refused: Refused) -> "CardForm":
        """Returns the form as it was typed, with the mistake and without the security code."""
        number, month, year = (
            form.get(name, "")[:MAX_TYPED] for name in (CARD_NUMBER, EXPIRY_MONTH, EXPIRY_YEAR)
        )
        return cls(number, month, year, "", Mistake.of(refused))

    def is_wrong(self, field: str) -> bool:
        """Returns whether the mistake is in this field; both fields of the expiry date count as one."""
        return self.mistake is not None and self.mistake.field == field

    @property
    def cards(self) -> tuple[SandboxCard, ...]:
        """The test cards for every purpose."""
        return SANDBOX_CARDS

    @property
    def other_cards(self) -> tuple[SandboxCard, ...]:
        """The test cards of other countries, which are accepted too."""
        return OTHER_COUNTRIES
