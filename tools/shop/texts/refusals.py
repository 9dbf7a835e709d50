"""Errors as an HTTP status and words for the person who has caused or met them."""

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast import (
    AlreadyCaptured,
    AmountExceedsAuthorization,
    AutomaticCapture,
    CaptureInProgress,
    CodecKeyError,
    HoldfastError,
    InvalidOrder,
    InvalidRequest,
    NoCardVault,
    NotAuthorized,
    NotDeclined,
    PaymentEnded,
    PaymentNotFound,
    PaymentReferenceReused,
    PaymentStopped,
    PaymentUnavailable,
    RateLimited,
    UnderRiskReview,
)
from holdfast.card_vault import CardVaultError


@dataclass(frozen=True)
class Refusal:
    """An HTTP status, a heading, and a sentence that says what to do."""

    status: int
    title: str
    sentence: str


UNAVAILABLE = Refusal(
    503,
    "We have no answer from the payment service",
    "We do not know yet whether your request arrived. Try again: you never pay twice for one order.",
)
_NO_VAULT = Refusal(
    503,
    "We cannot take a card here at the moment",
    "Nothing was taken. Choose the payment page instead, or try again later.",
)
_REFUSALS: Mapping[type[Exception], Refusal] = {
    PaymentNotFound: Refusal(
        404,
        "There is no payment for this order",
        "No payment was started, and nothing was taken. Go back to the shop and place the order again.",
    ),
    PaymentUnavailable: UNAVAILABLE,
    PaymentReferenceReused: Refusal(
        409,
        "This order has been placed already",
        "The form belongs to an order that was placed in another way. Look at that order before you pay.",
    ),
    PaymentStopped: Refusal(
        409,
        "This payment was stopped by hand",
        "An employee has stopped it, and looks at what the gateway has on record. Please do not pay again.",
    ),
    InvalidOrder: Refusal(
        422, "We could not accept the order", "Nothing was taken. Go back, and check what you have typed."
    ),
    InvalidRequest: Refusal(
        422, "We could not accept the request", "Nothing has changed. Go back, and check what you have typed."
    ),
    NoCardVault: _NO_VAULT,
    CardVaultError: _NO_VAULT,
    CodecKeyError: Refusal(
        503, "We cannot read this payment", "It is encrypted with a key that this shop does not have."
    ),
    NotAuthorized: Refusal(
        409, "There is nothing to capture", "The payment holds no authorization at present."
    ),
    AmountExceedsAuthorization: Refusal(
        409, "The amount is too high", "All captures together cannot exceed the authorized amount."
    ),
    AlreadyCaptured: Refusal(409, "The money has been taken already", "Refund it where it is to go back."),
    CaptureInProgress: Refusal(
        409, "A capture is under way", "Wait until the gateway has decided it, then send the request again."
    ),
    UnderRiskReview: Refusal(
        409, "The gateway's risk review is not decided", "Capture when the review has accepted the payment."
    ),
    AutomaticCapture: Refusal(
        409, "The gateway captures this payment itself", "It is CAPTURED as soon as the gateway says so."
    ),
    NotDeclined: Refusal(
        409, "There is nothing to pay again", "The last attempt was not declined. Look at the order."
    ),
    PaymentEnded: Refusal(409, "This payment has ended", "It accepts no more requests. Look at the order."),
    RateLimited: Refusal(409, "Too many requests", "The payment has received too many of this kind."),
}
_OTHER = Refusal(409, "That is not possible now", "The payment is in a status that does not allow it.")


def refusal_of(error: Exception) -> Refusal:
    """Returns the refusal of an error of Holdfast or of its card vault."""
    return next((refusal for kind, refusal in _REFUSALS.items() if isinstance(error, kind)), _OTHER)


def details(error: Exception) -> str:
    """Returns the error's own words, which name a field or a rule and repeat no value."""
    return str(error) if isinstance(error, HoldfastError) else ""
