"""What a buyer does with an open payment, whether by a page or by a program."""

from datetime import datetime

from simulator.cards import TOKEN_CARD, Card, look_at
from simulator.payment_lifecycle import Life
from simulator.state import Payment, Status

ACTIONS = ("pay", "fail", "abandon", "pending")
FAILS_WITH = "USER_PAYMENT_VERIFICATION_FAILED"


def act(life: Life, payment: Payment, action: str, code: str = "") -> bool:
    """Pay, fail, walk away (nothing happens until the payment closes) or pay with the result open.

    False when it came too late: the payment was decided already, and money of a late success went back.
    Raises ValueError for an unknown action.
    """
    if action not in ACTIONS:
        raise ValueError(f"action: one of {', '.join(ACTIONS)}")
    in_time = payment.is_open
    if action == "pay":
        _authenticate(payment)
        life.authorize(payment)
    elif action == "fail":
        life.fail(payment, code or FAILS_WITH, "The buyer did not pass the verification.")
    elif action == "pending" and payment.status is Status.PROCESSING:
        life.pend(payment)
    return in_time


def _authenticate(payment: Payment) -> None:
    if payment.is_open:
        payment.card = payment.card or TOKEN_CARD
        payment.challenged = payment.challenged or payment.wants_3ds


def type_card(life: Life, payment: Payment, number: str, cvv: str, month: str, year: str) -> bool:
    """Look at a card typed into the hosted page and decide; True when its 3DS challenge comes next.

    Raises `Refused` for data that cannot be a card's; the buyer may type again.
    """
    if not payment.is_open:
        return False
    payment.card = _card(life.clock.now(), number, cvv, month, year)
    if payment.card.declined_with:
        life.fail(payment, payment.card.declined_with, "The issuer does not honor the payment.")
    elif payment.wants_3ds and not payment.card.frictionless:
        return True
    else:
        payment.challenged = payment.wants_3ds
        life.authorize(payment)
    return False


def _card(now: datetime, number: str, cvv: str, month: str, year: str) -> Card:
    return look_at("".join(number.split()), cvv.strip(), month.strip(), year.strip(), now)
