"""The statuses of a payment as sentences for the buyer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from holdfast import Payment
from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.statuses.payment_status import PaymentStatus as S
from tools.shop.prices import amount_text


class Tone(StrEnum):
    """How a status looks: its colour and its sign."""

    GOOD = "good"
    WAITING = "waiting"
    ACTION = "action"
    BAD = "bad"


@dataclass(frozen=True)
class StatusText:
    """A heading, and what it means for the buyer."""

    title: str
    sentence: str
    tone: Tone


TEXTS: Mapping[S, StatusText] = {
    S.AUTHORIZING: StatusText("One moment", "We are asking your bank.", Tone.WAITING),
    S.ACTION_REQUIRED: StatusText(
        "Not paid yet",
        "Your order is waiting for you on the payment page. You can continue there at any time.",
        Tone.ACTION,
    ),
    S.PENDING: StatusText(
        "Almost there",
        "The bank is working on your payment. You do not have to do anything.",
        Tone.WAITING,
    ),
    S.AUTHORIZED: StatusText(
        "Thank you for your order",
        "Your bank has set the money aside. It is taken when we send the parcel.",
        Tone.GOOD,
    ),
    S.CAPTURING: StatusText("Thank you for your order", "Your payment is being completed.", Tone.WAITING),
    S.PARTIALLY_CAPTURED: StatusText(
        "Thank you for your order", "A part of your order is paid and on its way.", Tone.GOOD
    ),
    S.CAPTURED: StatusText("Paid", "Your payment is complete. The parcel is on its way.", Tone.GOOD),
    S.DECLINED: StatusText("The payment was declined", "Nothing was taken.", Tone.BAD),
    S.CANCELLING: StatusText("One moment", "The payment is being cancelled.", Tone.WAITING),
    S.CANCELLED: StatusText("Cancelled", "The order was cancelled, and no money is held.", Tone.BAD),
    S.FAILED: StatusText("The payment failed", "Nothing was taken. You can place the order again.", Tone.BAD),
    S.EXPIRED: StatusText(
        "Time ran out",
        "The payment was not finished in time. Nothing was taken. You can place the order again.",
        Tone.BAD,
    ),
    S.NEEDS_REVIEW: StatusText(
        "We are checking",
        "We do not know the result of your payment yet, and a person is looking at it. "
        "Please do not pay again: we will write to you.",
        Tone.WAITING,
    ),
}
_CAPTURED_BY_GATEWAY = StatusText(
    "Thank you for your order", "Your bank has agreed. Your payment is being completed.", Tone.WAITING
)


def released(payment: Payment) -> Amount | None:
    """Returns what was set aside and is not taken by a paid order; None where all of it is taken."""
    taken, held = payment.capturedAmount, payment.authorizedAmount or payment.paymentAmount
    if payment.status is not S.CAPTURED or taken is None or taken.minor_units >= held.minor_units:
        return None
    return Amount(currency=held.currency, value=str(held.minor_units - taken.minor_units))


def status_text(payment: Payment) -> StatusText:
    """Returns what the status means for the buyer."""
    if (rest := released(payment)) is not None and payment.capturedAmount is not None:
        return _partly_paid(payment.capturedAmount, rest, payment.authorizedAmount or payment.paymentAmount)
    if payment.status is S.AUTHORIZED and payment.captureMode is CaptureMode.AUTOMATIC:
        return _CAPTURED_BY_GATEWAY
    return TEXTS[payment.status]


def _partly_paid(taken: Amount, rest: Amount, held: Amount) -> StatusText:
    return StatusText(
        "Paid in part",
        f"We have taken {amount_text(taken)} of {amount_text(held)}, and nothing more will be taken. "
        f"The remaining {amount_text(rest)} has been released.",
        Tone.GOOD,
    )


def is_waiting(payment: Payment) -> bool:
    """Whether the status changes without the buyer or the shopkeeper: the page then reloads by itself."""
    return status_text(payment).tone is Tone.WAITING
