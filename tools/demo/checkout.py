"""A web shop's checkout for payments by hand: it uses `PaymentClient`, without JavaScript.

GET  /                       the form
POST /pay                    starts the payment and redirects the buyer
GET  /result/{reference}     refreshes the payment and shows it
POST /capture/{reference}    captures
POST /cancel/{reference}     cancels
POST /again/{reference}      starts another attempt
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs, quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from holdfast import HoldfastError, InvalidOrder, Payment, PaymentNotFound, PaymentUnavailable
from tools.demo import checkout_pages as pages
from tools.demo.shop import DECLINED_CARD, GOOD_CARD, Shop, gateway_page

MAX_FORM_BYTES = 4096
CARDS = {"good": GOOD_CARD, "declined": DECLINED_CARD}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_STATUS: Mapping[type[HoldfastError], int] = {
    InvalidOrder: 400,
    PaymentNotFound: 404,
    PaymentUnavailable: 503,
}


def create_app(shop: Shop, links: pages.Links) -> Starlette:
    """Returns the checkout as an ASGI application."""
    checkout = Checkout(shop, links)
    steps = {"capture": checkout.capture, "cancel": checkout.cancel, "again": checkout.again}
    routes = [
        Route("/", checkout.form),
        Route("/pay", checkout.pay, methods=["POST"]),
        Route("/result/{reference}", checkout.result),
        *(Route(f"/{name}/{{reference}}", step, methods=["POST"]) for name, step in steps.items()),
    ]
    return Starlette(routes=routes, exception_handlers={HoldfastError: _refused, 404: _not_found})


class Checkout:
    """The routes. Neither a reload nor a second click makes a second payment."""

    def __init__(self, shop: Shop, links: pages.Links) -> None:
        self._shop = shop
        self._links = links

    async def form(self, _: Request) -> Response:
        """Shows the form, which contains the reference: a form that is sent twice is one payment."""
        return _page(pages.form(f"by-hand-{secrets.token_hex(4)}", self._links))

    async def pay(self, request: Request) -> Response:
        """Starts the payment, or attaches to it."""
        typed = await _form(request)
        card = CARDS.get(typed.get("card", ""))
        method = gateway_page(three_ds=True) if card is None else await self._shop.card(card)
        reference, value = typed.get("reference", ""), typed.get("value", "")
        mode = typed.get("captureMode", "AUTOMATIC")
        order = self._shop.order(reference, value, method, captureMode=mode)
        return self._redirected(await self._shop.payments.authorize(order))

    async def result(self, request: Request) -> Response:
        """Shows the payment after an inquiry: the buyer's return is no proof of payment."""
        payment = await self._shop.payments.refresh(_reference(request))
        return _page(pages.result(payment, self._links))

    async def capture(self, request: Request) -> Response:
        """Captures the authorization."""
        return await self._then_show(request, self._shop.payments.capture)

    async def cancel(self, request: Request) -> Response:
        """Cancels the payment."""
        return await self._then_show(request, lambda ref: self._shop.payments.cancel(ref, "by the merchant"))

    async def again(self, request: Request) -> Response:
        """Starts another attempt with a card typed on the gateway's page."""
        method = gateway_page(three_ds=True)
        return self._redirected(await self._shop.payments.retry(_reference(request), method))

    async def _then_show(self, request: Request, step: Callable[[str], Awaitable[Payment]]) -> Response:
        return _to(_result_path((await step(_reference(request))).paymentReference))

    def _redirected(self, payment: Payment) -> Response:
        if payment.nextAction is not None and payment.nextAction.normalUrl:
            return _to(payment.nextAction.normalUrl)
        return _to(_result_path(payment.paymentReference))


def _reference(request: Request) -> str:
    return str(request.path_params["reference"])


def _result_path(reference: str) -> str:
    return f"/result/{quote(reference, safe='')}"


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            return {}
    return {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, HEADERS)


def _to(url: str) -> Response:
    # 303: the browser continues with GET, and a reload does not send the form again
    return RedirectResponse(url, status_code=303, headers=HEADERS)


async def _refused(_: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 409)
    return _page(pages.refusal(str(error)), status)


async def _not_found(_: Request, __: Exception) -> Response:
    return _page(pages.refusal("there is no such page"), 404)
