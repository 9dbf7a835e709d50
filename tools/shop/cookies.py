"""What the browser keeps for a buyer: the cart, the reference of its checkout, and that of the last order."""

import re

from starlette.requests import Request
from starlette.responses import Response

from tools.shop.cart import Cart

_CART, _CHECKOUT, _ORDER = "cart", "checkout", "order"
_REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,48}", re.ASCII)
_KEPT_FOR = 7 * 24 * 3600
"""Seconds."""


def cart(request: Request) -> Cart:
    """Returns the cart of the browser."""
    return Cart.parse(request.cookies.get(_CART, ""))


def last_order(request: Request) -> str:
    """Returns the reference of the last order that was placed with the browser, or an empty text."""
    reference = request.cookies.get(_ORDER, "")
    return reference if _REFERENCE.fullmatch(reference) else ""


def keep_cart(response: Response, cart: Cart) -> None:
    """Makes the browser keep the cart."""
    _keep(response, _CART, cart.code)


def checkout_reference(request: Request, cart: Cart) -> str:
    """Returns the reference of an open checkout of the same cart, or an empty text."""
    reference, _, code = request.cookies.get(_CHECKOUT, "").partition(":")
    return reference if code == cart.code else ""


def keep_checkout(response: Response, reference: str, cart: Cart) -> None:
    """Makes the browser keep the reference, so that a cart whose checkout is opened twice is one order."""
    _keep(response, _CHECKOUT, f"{reference}:{cart.code}")


def keep_order(response: Response, reference: str) -> None:
    """Makes the browser keep the reference of the order, ends its checkout, and empties the cart."""
    _keep(response, _ORDER, reference)
    for name in (_CART, _CHECKOUT):
        response.delete_cookie(name, httponly=True, samesite="lax")


def _keep(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_KEPT_FOR, httponly=True, samesite="lax")
