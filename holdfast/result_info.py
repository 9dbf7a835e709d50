"""The gateway's report about the card of a payment, reduced to what may be stored.

The list of fields is closed: a field that the gateway adds later (an expiry date, a cardholder's name) does
not enter Temporal until it is added here (PCI DSS 3.3.1).
"""

import re

from pydantic import BaseModel, ConfigDict, field_validator

_POSSIBLE_CARD_NUMBER = re.compile(r"\d(?:[\s._/\u2010-\u2015-]{0,2}\d){10,}")
_BIN, _LAST = 8, 4
"""The number of first and last digits of a card number that may be stored (PCI DSS 3.4.1)."""


def masked(text: str) -> str:
    """Returns the text with only six first and four last digits of every possible card number."""
    return _POSSIBLE_CARD_NUMBER.sub(_truncated, text)


def _truncated(run: re.Match[str]) -> str:
    digits = "".join(letter for letter in run[0] if letter.isdigit())
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"


class ThreeDSOutcome(BaseModel):
    """The result of a 3-D Secure authentication, without its cryptogram."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    threeDSVersion: str | None = None
    eci: str | None = None
    dsTransactionId: str | None = None
    challenged: str | bool | None = None
    challengeCancel: str | None = None
    exemptionType: str | None = None
    threeDSOffered: str | bool | None = None
    paResStatus: str | None = None
    liabilityShift: str | int | None = None


class ResultInfo(BaseModel):
    """The part of the gateway's `paymentResultInfo` that may be stored (Antom: pay, notifyPayment)."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    cardNo: str | None = None
    """The card number, masked."""
    cardBin: str | None = None
    lastFour: str | None = None
    cardBrand: str | None = None
    cardCategory: str | None = None
    funding: str | None = None
    issuingCountry: str | None = None
    paymentMethodRegion: str | None = None
    avsResultRaw: str | None = None
    cvvResultRaw: str | None = None
    networkTransactionId: str | None = None
    refusalCodeRaw: str | None = None
    refusalReasonRaw: str | None = None
    merchantAdviceCode: str | None = None
    credentialTypeUsed: str | None = None
    rrn: str | None = None
    authorizationCode: str | None = None
    threeDSResult: ThreeDSOutcome | None = None

    @field_validator("cardNo", "avsResultRaw", "cvvResultRaw", "refusalCodeRaw", "refusalReasonRaw")
    @classmethod
    def _mask_card_numbers(cls, value: str | None) -> str | None:
        return masked(value) if value else value

    @field_validator("cardBin")
    @classmethod
    def _truncate_bin(cls, value: str | None) -> str | None:
        return value[:_BIN] if value else value

    @field_validator("lastFour")
    @classmethod
    def _truncate_last_four(cls, value: str | None) -> str | None:
        return value[-_LAST:] if value else value
