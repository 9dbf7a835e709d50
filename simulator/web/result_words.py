"""What a result code of the gateway means, as a sentence for a reader of a page."""

_REASONS = {
    "DO_NOT_HONOR": "The bank declined the card.",
    "USER_PAYMENT_VERIFICATION_FAILED": "The bank could not confirm that the buyer owns the card.",
    "ORDER_IS_CLOSED": "The time to pay ran out before the payment was finished.",
    "ORDER_IS_CANCELED": "The shop cancelled the payment.",
    "RISK_REJECT": "The risk control of the gateway rejected the payment.",
    "INVALID_CARD_NUMBER": "The card number is not valid.",
    "INVALID_EXPIRATION_DATE": "The card has expired, or its expiry date is not valid.",
    "INSUFFICIENT_BALANCE": "There is not enough money on the card's account.",
    "PROCESS_FAIL": "The gateway could not process the payment.",
    "UNKNOWN_EXCEPTION": "The gateway does not know the result yet.",
    "SIGNATURE_INVALID": "The signature does not belong to the request.",
    "CLIENT_INVALID": "The client id is not the one of this simulator.",
}


def reason(code: str) -> str:
    """Returns the sentence for a code; one that names the code where there is no other."""
    return _REASONS.get(code) or f"The gateway gives the reason “{code.replace('_', ' ').lower()}”."
