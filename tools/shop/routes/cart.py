"""The products, and the cart.

GET  /            the products
POST /cart/add    adds pieces of a product
GET  /cart        the cart
POST /cart        changes quantities
"""

from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tools.shop import cookies
from tools.shop.cart import MOST_OF_ONE, Cart, InvalidQuantity, parse_quantity
from tools.shop.catalogue import PRODUCTS
from tools.shop.forms.body import read_form
from tools.shop.pages import Pages
from tools.shop.routes.redirects import see


class CartRoutes:
    """The pages before the checkout."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def routes(self) -> Sequence[Route]:
        """Returns the routes."""
        return (
            Route("/", self.products),
            Route("/cart/add", self.add, methods=["POST"]),
            Route("/cart", self.cart),
            Route("/cart", self.change, methods=["POST"]),
        )

    async def products(self, request: Request) -> Response:
        """Shows what the shop sells."""
        return self._pages.show(request, "products.html", products=PRODUCTS.values())

    async def add(self, request: Request) -> Response:
        """Adds pieces of one product, up to the limit of one order."""
        form, cart = await read_form(request), cookies.cart(request)
        name = form.get("product", "")
        if name not in PRODUCTS:
            raise HTTPException(404, "There is no such product.")
        wanted = _quantity(form.get("quantity", "1")) + cart.quantities.get(name, 0)
        response = see("/cart")
        cookies.keep_cart(response, cart.with_quantity(name, min(wanted, MOST_OF_ONE)))
        return response

    async def cart(self, request: Request) -> Response:
        """Shows the cart."""
        return self._show(request, cookies.cart(request), {})

    async def change(self, request: Request) -> Response:
        """Changes quantities, all of them or none."""
        form, cart, problems = await read_form(request), cookies.cart(request), dict[str, str]()
        changed = cart
        for name in cart.quantities:
            try:
                changed = changed.with_quantity(name, parse_quantity(form.get(name, "")))
            except InvalidQuantity as error:
                problems[name] = str(error)
        if problems:
            return self._show(request, cart, problems, form)
        response = see("/cart")
        cookies.keep_cart(response, changed)
        return response

    def _show(
        self,
        request: Request,
        cart: Cart,
        problems: Mapping[str, str],
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        values = {"cart": cart, "problems": problems, "typed": typed or {}, "most": MOST_OF_ONE}
        return self._pages.show(request, "cart.html", 422 if problems else 200, **values)


def _quantity(text: str) -> int:
    try:
        return max(1, parse_quantity(text))
    except InvalidQuantity:
        return 1
