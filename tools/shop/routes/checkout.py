"""The checkout.

GET  /checkout    the form
POST /checkout    starts the payment, or joins the one that the same form has started
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from holdfast import Payment, PaymentReferenceReused, PaymentUnavailable
from holdfast.card_vault import CardVaultError
from tools.demo.shop import Purchase, Shop
from tools.shop import cookies
from tools.shop.forms.body import read_form
from tools.shop.forms.checkout import CheckoutForm, read_checkout, valid_reference
from tools.shop.pages import Pages, is_web_address
from tools.shop.payment_methods import payment_method
from tools.shop.routes.redirects import order_path, see
from tools.shop.settings import ShopSettings
from tools.shop.texts.refusals import refusal_of


class CheckoutRoutes:
    """The form, which contains the reference of its order: a form that is sent twice is one payment."""

    def __init__(self, shop: Shop, pages: Pages, settings: ShopSettings) -> None:
        self._shop = shop
        self._pages = pages
        self._settings = settings

    def routes(self) -> Sequence[Route]:
        """Returns the routes."""
        return Route("/checkout", self.form), Route("/checkout", self.pay, methods=["POST"])

    async def form(self, request: Request) -> Response:
        """Shows the form for the cart, or the cart where it is empty.

        A second tab has the reference of the first one: both are one order.
        """
        cart = cookies.cart(request)
        if not cart:
            return see("/cart")
        form = CheckoutForm(valid_reference(cookies.checkout_reference(request, cart)), cart)
        response = self._show(request, form, 200)
        cookies.keep_checkout(response, form.reference, cart)
        return response

    async def pay(self, request: Request) -> Response:
        """Starts the payment and sends the buyer on: to the gateway's page, to the bank, or to the order."""
        form = read_checkout(await read_form(request), datetime.now(UTC))
        if form.problems:
            return self._show(request, form, 422)
        try:
            payment = await self._authorize(form)
        except PaymentReferenceReused as error:
            return self._pages.refuse(request, refusal_of(error), reference=form.reference)
        except (PaymentUnavailable, CardVaultError) as error:
            # the same form with the same reference: sending it again is safe
            refusal = refusal_of(error)
            return self._show(request, form, refusal.status, f"{refusal.title}. {refusal.sentence}")
        response = see(next_address(payment))
        cookies.keep_order(response, form.reference)
        return response

    async def _authorize(self, form: CheckoutForm) -> Payment:
        method = await payment_method(self._shop, form.payment, self._settings)
        order = self._shop.order(
            form.reference,
            str(form.cart.total),
            method,
            Purchase(form.cart.description, form.email, form.cart.code),
            captureMode=self._settings.capture_mode,
        )
        return await self._shop.payments.authorize(order)

    def _show(self, request: Request, form: CheckoutForm, status: int, alert: str = "") -> Response:
        values = {"form": form, "alert": alert, "settings": self._settings}
        return self._pages.show(request, "checkout.html", status, **values)


def next_address(payment: Payment) -> str:
    """Returns where the buyer continues: at the gateway or the bank, or else on the page of the order."""
    action = payment.nextAction
    if action is not None and action.normalUrl and is_web_address(action.normalUrl):
        return action.normalUrl
    return order_path(payment.paymentReference)
