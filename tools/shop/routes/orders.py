"""The buyer's page of an order.

GET  /orders/{reference}           the page, which follows the payment
GET  /orders/{reference}/events    its status as server-sent events
GET  /orders/{reference}/return    the buyer comes back from the gateway: asks the gateway, shows the page
POST /orders/{reference}/refresh   "I have paid": asks the gateway
POST /orders/{reference}/retry     another attempt after a decline
POST /orders/{reference}/cancel    cancels the order
POST /orders/{reference}/again     puts the products of an order that ended unpaid into the cart again
"""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from holdfast import Payment
from tools.demo.shop import Shop
from tools.shop import cookies
from tools.shop.cart import Cart
from tools.shop.forms.body import read_form
from tools.shop.forms.payment_method import PaymentMethodForm, read_payment_method
from tools.shop.pages import Pages
from tools.shop.payment_methods import payment_method
from tools.shop.payment_reading import read_payment
from tools.shop.routes.checkout import next_address
from tools.shop.routes.redirects import order_path, see
from tools.shop.settings import ShopSettings
from tools.shop.status_stream import StatusStreams
from tools.shop.views.order import OrderView

ASK_WITHIN = 8.0
"""Seconds that a returning buyer waits for the gateway's answer; the page follows the payment after that."""


class OrderRoutes:
    """The page after the checkout. What the browser says about the payment counts for nothing."""

    def __init__(self, shop: Shop, pages: Pages, settings: ShopSettings, streams: StatusStreams) -> None:
        self._shop = shop
        self._pages = pages
        self._settings = settings
        self._streams = streams

    def routes(self) -> Sequence[Route]:
        """Returns the routes."""
        reads = {"": self.order, "/events": self.events, "/return": self.come_back}
        writes = {
            "/refresh": self.come_back,
            "/retry": self.retry,
            "/cancel": self.cancel,
            "/again": self.again,
        }
        return (
            *(Route(f"/orders/{{reference}}{path}", step) for path, step in reads.items()),
            *(Route(f"/orders/{{reference}}{path}", step, methods=["POST"]) for path, step in writes.items()),
        )

    async def order(self, request: Request) -> Response:
        """Shows the payment as it is known."""
        return self._show(request, await read_payment(self._shop.payments, reference_of(request)))

    async def events(self, request: Request) -> Response:
        """Sends each change of the status."""
        return await self._streams.follow(reference_of(request))

    async def come_back(self, request: Request) -> Response:
        """Asks the gateway, because the buyer's return is no proof of payment."""
        reference, is_answered = reference_of(request), "no"
        with suppress(TimeoutError):
            async with asyncio.timeout(ASK_WITHIN):
                await self._shop.payments.refresh(reference)
                is_answered = "yes"
        return see(f"{order_path(reference)}?answered={is_answered}")

    async def retry(self, request: Request) -> Response:
        """Makes another attempt. The key in the form makes a form that is sent twice one attempt."""
        form, reference = await read_form(request), reference_of(request)
        typed = read_payment_method(form, datetime.now(UTC))
        if typed.problems:
            return self._show(request, await read_payment(self._shop.payments, reference), typed, 422)
        method = await payment_method(self._shop, typed, self._settings)
        payment = await self._shop.payments.retry(reference, method, key=form.get("key"))
        return see(next_address(payment))

    async def cancel(self, request: Request) -> Response:
        """Cancels the payment."""
        reference = reference_of(request)
        await self._shop.payments.cancel(reference, "by the buyer")
        return see(order_path(reference))

    async def again(self, request: Request) -> Response:
        """Fills the cart with the products of the order."""
        placed = self._shop.orders.find(reference_of(request))
        response = see("/cart" if placed else "/")
        if placed:
            cookies.keep_cart(response, Cart.parse(placed.cart))
        return response

    def _show(
        self, request: Request, payment: Payment, retry: PaymentMethodForm | None = None, status: int = 200
    ) -> Response:
        placed = self._shop.orders.find(payment.paymentReference)
        answered = request.query_params.get("answered", "")
        view = OrderView(payment, placed, secrets.token_hex(8), retry or PaymentMethodForm(), answered)
        return self._pages.show(request, "order.html", status, order=view)


def reference_of(request: Request) -> str:
    """Returns the payment reference in the path."""
    return str(request.path_params["reference"])
