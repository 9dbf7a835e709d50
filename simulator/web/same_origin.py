"""Refuses what a page of another origin sends: any page in a browser reaches a server on the same machine.

The console and the control endpoints have no login. The gateway's paths are exempt, because their calls are
signed, and so are the hosted pages, whose paths are secret and whose forms have the Origin null.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.web.local_host import is_rebound

EXEMPT = ("/ams/", "/cashier/", "/challenge/")
SENTENCE = "The request was sent by a page of another origin. Nothing was changed."


class SameOriginMiddleware:
    """ASGI middleware that answers 403 to what a page of another origin asks for.

    That is a change, and also a reading where the name of the page's site resolves to this machine.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one ASGI event stream."""
        if scope["type"] == "http" and not scope["path"].startswith(EXEMPT) and _is_foreign(scope):
            await JSONResponse({"error": SENTENCE}, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_foreign(scope: Scope) -> bool:
    may_change = scope["method"] not in ("GET", "HEAD")
    return is_rebound(scope) or (may_change and not is_same_origin(Headers(scope=scope)))


def is_same_origin(headers: Headers) -> bool:
    """Returns whether a request comes from a page of this server, its user, or a program that is no browser.

    A browser sends Sec-Fetch-Site to a trustworthy address such as localhost, with the value `none` where no
    page has caused the request (W3C Fetch Metadata). It sends Origin with every POST.
    """
    if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")
