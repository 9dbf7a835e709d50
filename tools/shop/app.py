"""The shop as an ASGI application.

The routes are in `routes`: the cart, the checkout, the buyer's page of an order, and the shopkeeper's pages.
Everything works without JavaScript; `static/shop.js` adds what a browser with JavaScript does better.
"""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from holdfast import HoldfastError, PaymentNotFound
from holdfast.card_vault import CardVaultError
from tools.demo.shop import Shop
from tools.shop.links import Links
from tools.shop.pages import STATIC, Pages
from tools.shop.protection import Protection
from tools.shop.routes.cart import CartRoutes
from tools.shop.routes.checkout import CheckoutRoutes
from tools.shop.routes.orders import OrderRoutes
from tools.shop.routes.shopkeeper import ShopkeeperRoutes
from tools.shop.settings import ShopSettings
from tools.shop.status_stream import StatusStreams
from tools.shop.texts.refusals import Refusal, details, refusal_of

_FOREIGN_FORM = Refusal(
    403, "This request comes from another site", "Open the shop, and start again from there."
)
_FAILED = Refusal(500, "Something went wrong on our side", "Go back and try again: you never pay twice.")
_NO_PAGE = Refusal(404, "There is no such page", "The address is wrong, or the page has been removed.")


def create_app(shop: Shop, links: Links, streams: StatusStreams) -> Starlette:
    """Returns the shop; `links` lead a person to the workflows and to the gateway's record."""
    pages, settings = Pages(links), ShopSettings()
    routes = [
        *CartRoutes(pages).routes(),
        *CheckoutRoutes(shop, pages, settings).routes(),
        *OrderRoutes(shop, pages, settings, streams).routes(),
        *ShopkeeperRoutes(shop, pages, settings).routes(),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]

    async def refused(request: Request, error: Exception) -> Response:
        # a page about a payment that does not exist leads back to the shop, every other one to its order
        known = "" if isinstance(error, PaymentNotFound) else request.path_params.get("reference", "")
        return pages.refuse(request, refusal_of(error), detail=details(error), reference=known)

    async def not_served(request: Request, error: Exception) -> Response:
        return pages.refuse(request, _refusal_of_http(error))

    async def failed(request: Request, _: Exception) -> Response:
        return pages.refuse(request, _FAILED)

    return Starlette(
        routes=routes,
        middleware=[Middleware(Protection, refuse=lambda request: pages.refuse(request, _FOREIGN_FORM))],
        exception_handlers={
            HoldfastError: refused,
            CardVaultError: refused,
            HTTPException: not_served,
            Exception: failed,
        },
    )


def _refusal_of_http(error: Exception) -> Refusal:
    if not isinstance(error, HTTPException) or error.status_code == _NO_PAGE.status:
        return _NO_PAGE
    return Refusal(error.status_code, "That did not work", error.detail)
