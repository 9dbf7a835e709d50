"""Headers that limit what a page may do, and the refusal of what another site sends."""

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.web.local_host import is_rebound
from simulator.web.same_origin import is_same_origin

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""There is no `form-action`: browsers apply it to redirects too, and a buyer is redirected to any bank."""


class Protection:
    """Adds the headers to every answer. `refuse` makes the answer to a request of another site."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request], Response]) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", _caching(scope["path"]))
            await send(message)

        is_foreign = scope["method"] == "POST" and not is_same_origin(Headers(scope=scope))
        is_refused = is_foreign or is_rebound(scope)
        app = self._refuse(Request(scope)) if is_refused else self._app
        await app(scope, receive, send_protected)


def _caching(path: str) -> str:
    # a stylesheet is asked for again with its ETag; a page about money is never kept
    return "no-cache" if path.startswith("/static/") else "no-store"
