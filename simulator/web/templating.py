"""Renders the HTML templates, with the response headers of each kind of page."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

_FOLDER = Path(__file__).parent
_CONTENT = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'"
_COMMON = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

HOSTED_HEADERS = {
    **_COMMON,
    # without form-action: browsers apply it to the redirect after the form too, which leads to any shop
    "Content-Security-Policy": f"{_CONTENT}; frame-ancestors 'none'",
    # the URL has the secret token of the payment
    "Referrer-Policy": "no-referrer",
}
CONSOLE_HEADERS = {
    **_COMMON,
    "Content-Security-Policy": f"{_CONTENT}; connect-src 'self'; form-action 'self'; frame-ancestors 'none'",
    # not no-referrer, with which the Origin of a form is null and cannot be compared
    "Referrer-Policy": "same-origin",
}

_environment = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **context: object) -> str:
    """Returns a template as HTML with every value escaped. Raises `jinja2.UndefinedError`."""
    return _environment.get_template(template).render(context)


def hosted_page(template: str, status: int = 200, **context: object) -> HTMLResponse:
    """Returns a page for a buyer."""
    return HTMLResponse(render(f"hosted/{template}", **context), status, HOSTED_HEADERS)


def console_page(template: str, status: int = 200, **context: object) -> HTMLResponse:
    """Returns a page of the console."""
    return HTMLResponse(render(f"console/{template}", **context), status, CONSOLE_HEADERS)


def static_files() -> Mount:
    """Returns the route of the stylesheet, the scripts and the icon."""
    return Mount("/static", StaticFiles(directory=_FOLDER / "static"))
