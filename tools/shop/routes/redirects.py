"""Redirects after a form, so that a reload does not send the form again."""

from urllib.parse import quote

from starlette.responses import RedirectResponse


def see(path: str) -> RedirectResponse:
    """Returns a redirect after which the browser continues with GET."""
    return RedirectResponse(path, status_code=303)


def order_path(reference: str) -> str:
    """Returns the path of the buyer's page of an order."""
    return f"/orders/{quote(reference, safe='')}"


def shopkeeper_path(reference: str) -> str:
    """Returns the path of the shopkeeper's page of an order."""
    return f"/shopkeeper{order_path(reference)}"
