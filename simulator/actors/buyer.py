"""The actions of a buyer on an open payment, on a hosted page or by a test."""

from datetime import datetime

from simulator.cards import TOKEN_CARD, Card, check_card
from simulator.payment_lifecycle import PaymentLifecycle
from simulator.state import Payment, Status

ACTIONS = ("pay", "fail", "abandon", "pending")
DEFAULT_FAILURE_CODE = "USER_PAYMENT_VERIFICATION_FAILED"


def act_as_buyer(lifecycle: PaymentLifecycle, payment: Payment, action: str, code: str = "") -> bool:
    """Performs `pay`, `fail`, `abandon` (the payment stays open until it closes) or `pending`.

    Returns False where the payment was decided before; the money of a late success is refunded.
    Raises ValueError for an unknown action.
    """
    if action not in ACTIONS:
        raise ValueError(f"action: one of {', '.join(ACTIONS)}")
    in_time = payment.is_open
    if action == "pay":
        _authenticate(payment)
        lifecycle.authorize(payment)
    elif action == "fail":
        lifecycle.fail(payment, code or DEFAULT_FAILURE_CODE, "The buyer did not pass the verification.")
    elif action == "pending" and payment.status is Status.PROCESSING:
        lifecycle.mark_pending(payment)
    return in_time


def _authenticate(payment: Payment) -> None:
    if payment.is_open:
        payment.card = payment.card or TOKEN_CARD
        payment.challenged = payment.challenged or payment.wants_3ds


def enter_card(
    lifecycle: PaymentLifecycle, payment: Payment, number: str, cvv: str, month: str, year: str
) -> bool:
    """Pays by a card that was entered on the hosted page. Returns True where its 3DS challenge follows.

    Raises `Refused` for invalid card data; the buyer may enter it again.
    """
    if not payment.is_open:
        return False
    payment.card = _validated_card(lifecycle.clock.now(), number, cvv, month, year)
    if payment.card.decline_code:
        lifecycle.fail(payment, payment.card.decline_code, "The issuer does not honor the payment.")
    elif payment.wants_3ds and not payment.card.frictionless:
        return True
    else:
        payment.challenged = payment.wants_3ds
        lifecycle.authorize(payment)
    return False


def _validated_card(now: datetime, number: str, cvv: str, month: str, year: str) -> Card:
    return check_card("".join(number.split()), cvv.strip(), month.strip(), year.strip(), now)
