"""The pages: Jinja2 templates whose every value is escaped, and in which an undefined name is an error."""

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tools.demo.shop import DECLINED_CARD, GOOD_CARD
from tools.shop import cookies
from tools.shop.links import Links
from tools.shop.prices import amount_text, input_text, price
from tools.shop.texts.refusals import Refusal

FOLDER = Path(__file__).parent
TEMPLATES, STATIC = FOLDER / "templates", FOLDER / "static"
TEST_CARDS = (
    (GOOD_CARD, "is accepted"),
    (DECLINED_CARD, "is declined by the bank"),
    ("4035501000000008", "is accepted without a question by the bank"),
)
"""Cards of the gateway's sandbox."""


def is_web_address(url: str | None) -> bool:
    """Whether a URL may be a link: anything but a web address could be a script."""
    return url is not None and url.startswith(("http://", "https://"))


def _environment(links: Links) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(price=price, amount=amount_text, input=input_text, time=_time, day=_day)
    environment.tests["web_address"] = is_web_address
    environment.globals.update(links=links, test_cards=TEST_CARDS)
    return environment


class Pages:
    """Renders the templates."""

    def __init__(self, links: Links) -> None:
        self._environment = _environment(links)

    def show(self, request: Request, template: str, status: int = 200, **values: object) -> Response:
        """Returns a page; every page shows the cart and the way to the buyer's last order."""
        shared = {
            "path": request.url.path,
            "cart_now": cookies.cart(request),
            "last_order": cookies.last_order(request),
        }
        html = self._environment.get_template(template).render({**shared, **values})
        return HTMLResponse(html, status)

    def refuse(
        self, request: Request, refusal: Refusal, *, detail: str = "", reference: str = ""
    ) -> Response:
        """Returns the page of a refused request, with a way back to the order where there is one."""
        values = {"refusal": refusal, "detail": detail, "reference": reference}
        return self.show(request, "refusal.html", refusal.status, **values)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%H:%M:%S")


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%d %b, %H:%M UTC")
