"""The checkout form: who buys, what, and how it is paid."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tools.shop.cart import Cart
from tools.shop.forms.payment_method import PaymentMethodForm, read_payment_method

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that are not taken for each other when they are read aloud."""
_REFERENCE = re.compile(r"SM-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", re.ASCII)
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")
MAX_EMAIL = 64
"""The gateway's limit of `buyerEmail`."""


def new_reference() -> str:
    """Returns a new order reference, which cannot be guessed."""
    first, second = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
    return f"SM-{first}-{second}"


def valid_reference(given: str) -> str:
    """Returns the reference where the shop can have made it, and a new one otherwise."""
    return given if _REFERENCE.fullmatch(given) else new_reference()


@dataclass(frozen=True)
class CheckoutForm:
    """What the form holds. The reference in it makes a form that is sent twice one payment."""

    reference: str
    cart: Cart
    email: str = ""
    payment: PaymentMethodForm = field(default_factory=PaymentMethodForm)
    problems: Mapping[str, str] = field(default_factory=dict)


def read_checkout(form: Mapping[str, str], now: datetime) -> CheckoutForm:
    """Reads and validates the form; a reference that the shop would not have made is replaced."""
    reference, email = valid_reference(form.get("reference", "")), form.get("email", "")
    cart = Cart.parse(form.get("cart", ""))
    payment = read_payment_method(form, now)
    problems = {"email": _email(email), "cart": "" if cart else "Your cart is empty.", **payment.problems}
    return CheckoutForm(
        reference, cart, email[:200], payment, {name: why for name, why in problems.items() if why}
    )


def _email(email: str) -> str:
    if not email:
        return "Enter your email address."
    is_address = len(email) <= MAX_EMAIL and _EMAIL.fullmatch(email)
    return "" if is_address else "Enter an email address such as ada@example.com, of at most 64 characters."
