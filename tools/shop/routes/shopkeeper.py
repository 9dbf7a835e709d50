"""The shopkeeper's pages.

GET  /shopkeeper                              the orders, and the settings
POST /shopkeeper/settings                     changes the settings
GET  /shopkeeper/orders/{reference}           one order with its audit trail
POST /shopkeeper/orders/{reference}/capture   captures the amount that was typed
POST /shopkeeper/orders/{reference}/cancel    cancels, with a reason
POST /shopkeeper/orders/{reference}/refresh   asks the gateway
"""

import asyncio
from collections.abc import Awaitable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from holdfast import HoldfastError, InvalidState, Payment, PaymentNotFound, PaymentUnavailable
from tools.demo.order_book import PlacedOrder
from tools.demo.shop import Shop
from tools.shop.forms.body import read_form
from tools.shop.forms.shopkeeper import CaptureForm, apply_settings, read_capture, reason_problem
from tools.shop.pages import Pages
from tools.shop.payment_reading import read_payment
from tools.shop.routes.orders import reference_of
from tools.shop.routes.redirects import see, shopkeeper_path
from tools.shop.settings import ShopSettings
from tools.shop.texts.refusals import details, refusal_of
from tools.shop.views.shopkeeper import ListedOrder, ShopkeeperView

MOST_LISTED = 50


class ShopkeeperRoutes:
    """The list of orders, and what a shopkeeper does with each."""

    def __init__(self, shop: Shop, pages: Pages, settings: ShopSettings) -> None:
        self._shop = shop
        self._pages = pages
        self._settings = settings

    def routes(self) -> Sequence[Route]:
        """Returns the routes."""
        order = "/shopkeeper/orders/{reference}"
        steps = {"capture": self.capture, "cancel": self.cancel, "refresh": self.refresh}
        return (
            Route("/shopkeeper", self.orders),
            Route("/shopkeeper/settings", self.change_settings, methods=["POST"]),
            Route(order, self.order),
            *(Route(f"{order}/{name}", step, methods=["POST"]) for name, step in steps.items()),
        )

    async def orders(self, request: Request) -> Response:
        """Lists the orders with the status of each payment, the newest first."""
        placed = self._shop.orders.newest(MOST_LISTED)
        listed = await asyncio.gather(*(self._listed(order) for order in placed))
        is_saved = request.query_params.get("settings") == "saved"
        return self._pages.show(
            request, "shopkeeper.html", orders=listed, settings=self._settings, is_saved=is_saved
        )

    async def change_settings(self, request: Request) -> Response:
        """Changes the settings of future orders."""
        apply_settings(await read_form(request), self._settings)
        return see("/shopkeeper?settings=saved")

    async def order(self, request: Request) -> Response:
        """Shows one order."""
        return self._show(request, ShopkeeperView(await self._payment(request)))

    async def capture(self, request: Request) -> Response:
        """Captures the typed amount. The key in the form makes a form that is sent twice one capture."""
        form, reference = read_capture(await read_form(request)), reference_of(request)
        if form.amount is None:
            return self._show(request, ShopkeeperView(await self._payment(request), capture=form), 422)
        step = self._shop.payments.capture(
            reference, form.amount, is_last_capture=form.is_last, key=form.key or None
        )
        return await self._then_show(request, step, form)

    async def cancel(self, request: Request) -> Response:
        """Cancels the payment with the typed reason."""
        reason, reference = (await read_form(request)).get("reason", ""), reference_of(request)
        if problem := reason_problem(reason):
            view = ShopkeeperView(await self._payment(request), reason=reason, problems={"reason": problem})
            return self._show(request, view, 422)
        return await self._then_show(request, self._shop.payments.cancel(reference, reason))

    async def refresh(self, request: Request) -> Response:
        """Asks the gateway for the payment's state."""
        return await self._then_show(request, self._shop.payments.refresh(reference_of(request)))

    async def _then_show(
        self, request: Request, step: Awaitable[Payment], capture: CaptureForm | None = None
    ) -> Response:
        """Makes the step and shows the order, with the reason where the step is refused."""
        try:
            await step
        except (InvalidState, PaymentUnavailable) as error:
            refusal = refusal_of(error)
            alert = (f"{refusal.title}. {refusal.sentence}", details(error))
            view = ShopkeeperView(await self._payment(request), capture, alert=alert)
            return self._show(request, view, refusal.status)
        return see(shopkeeper_path(reference_of(request)))

    async def _payment(self, request: Request) -> Payment:
        return await read_payment(self._shop.payments, reference_of(request))

    async def _listed(self, placed: PlacedOrder) -> ListedOrder:
        try:
            return ListedOrder(placed, await read_payment(self._shop.payments, placed.reference), "")
        except PaymentNotFound:
            return ListedOrder(placed, None, "not started")
        except HoldfastError as error:
            return ListedOrder(placed, None, refusal_of(error).title)

    def _show(self, request: Request, view: ShopkeeperView, status: int = 200) -> Response:
        placed = self._shop.orders.find(view.payment.paymentReference)
        return self._pages.show(request, "shopkeeper_order.html", status, view=view, placed=placed)
