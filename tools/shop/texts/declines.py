"""The reasons of declined payments, by the gateway's result codes, as sentences for a buyer.

The codes are those of Antom's table of the pay call that end an attempt.
"""

from collections.abc import Mapping

from holdfast import Payment

_LIMIT = "The amount is above a limit of this card. Use another card, or ask your bank."
_INVALID = "The bank does not know this card. Check the number, or use another card."
_EXPIRED = "The card has expired, or its date was typed wrongly. Check the date, or use another card."
_AUTHENTICATION = "Your bank could not confirm that it was you. Try again, or use another card."
_NOT_ACCEPTED = "We cannot accept this card. Use another one."
_RISK = "The payment was refused by a security check. Use another card."
_BANK = "Your bank has refused the payment and has given no reason. Use another card, or ask your bank."
_CLOSED = "This attempt was closed before the payment was made. Try again."
_SHOP = "Something is wrong on our side, not with your card. Please try again later."
UNKNOWN = "The payment was not accepted. Try again, or use another card."
"""For a code that is in no table, and for a failure without a code."""

DECLINES: Mapping[str, str] = {
    "AUTHENTICATION_REQUIRED": "Your bank asks you to confirm the payment. Try again on the payment page.",
    "CARD_NOT_SUPPORTED": _NOT_ACCEPTED,
    "DO_NOT_HONOR": _BANK,
    "EXPIRED_CODE": _CLOSED,
    "FRAUD_REJECT": _RISK,
    "INVALID_AMOUNT": _SHOP,
    "INVALID_CARD": _INVALID,
    "INVALID_CARD_NUMBER": _INVALID,
    "INVALID_EXPIRATION_DATE": _EXPIRED,
    "INVALID_EXPIRY_DATE_FORMAT": _EXPIRED,
    "INVALID_PAYMENT_CODE": _CLOSED,
    "ISSUER_REJECTS_TRANSACTION": _BANK,
    "ORDER_IS_CANCELED": _CLOSED,
    "ORDER_IS_CLOSED": _CLOSED,
    "PAYMENT_AMOUNT_EXCEED_LIMIT": _LIMIT,
    "PAYMENT_COUNT_EXCEED_LIMIT": "This card was used too often today. Use another card.",
    "PAYMENT_PROHIBITED": _NOT_ACCEPTED,
    "RISK_REJECT": _RISK,
    "SELECTED_CARD_BRAND_NOT_AVAILABLE": _NOT_ACCEPTED,
    "SUSPECTED_CARD": "Your bank has blocked this card. Use another card, and ask your bank.",
    "SUSPECTED_RISK": _RISK,
    "USER_AMOUNT_EXCEED_LIMIT": _LIMIT,
    "USER_BALANCE_NOT_ENOUGH": "There is not enough money on this card. Use another card.",
    "USER_KYC_NOT_QUALIFIED": _NOT_ACCEPTED,
    "USER_PAYMENT_VERIFICATION_FAILED": _AUTHENTICATION,
    "USER_STATUS_ABNORMAL": "This card cannot be used at present. Use another card, or ask your bank.",
    "VERIFY_TIMES_EXCEED_LIMIT": "The code was wrong too often. Use another card, or try again later.",
    "VERIFY_UNMATCHED": _AUTHENTICATION,
}


def decline_text(payment: Payment) -> str:
    """Returns why the current attempt was declined, in one or two sentences."""
    return DECLINES.get(payment.attempt.resultCode or "", UNKNOWN)
