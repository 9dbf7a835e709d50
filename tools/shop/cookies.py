"""What the browser keeps for a buyer: the cart, and the reference of the last order."""

import re

from starlette.requests import Request
from starlette.responses import Response

from tools.shop.cart import Cart

_CART, _ORDER = "cart", "order"
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


def keep_order(response: Response, reference: str) -> None:
    """Makes the browser keep the reference of the order, and empties the cart."""
    _keep(response, _ORDER, reference)
    response.delete_cookie(_CART, httponly=True, samesite="lax")


def _keep(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_KEPT_FOR, httponly=True, samesite="lax")
