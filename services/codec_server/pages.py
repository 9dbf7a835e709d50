"""Renders the codec server's pages from templates that escape every value, and serves their stylesheet."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

_FOLDER = Path(__file__).parent
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_STYLESHEET = (_FOLDER / "static" / "sign-in.css").read_text()
_environment = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, status: int = 200, **values: object) -> Response:
    """Returns a page. No browser and no proxy stores it."""
    return HTMLResponse(_environment.get_template(template).render(values), status, HEADERS)


async def stylesheet(_: Request) -> Response:
    """Returns the stylesheet, whose address is relative: a proxy can serve the pages below any path."""
    return Response(_STYLESHEET, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})
