"""The sign-in page, which exchanges a token for a session of the browser.

The Temporal UI cannot send a bearer token with its requests, but it can be configured to send cookies.

    GET  /sign-in     shows the form, or the signed-in user and the settings of the UI
    POST /sign-in     accepts the token from the form
    POST /sign-out    ends the session in this browser
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.codec_server.access import COOKIE, Access
from services.codec_server.pages import HEADERS, page, stylesheet
from services.codec_server.tokens import SESSION, Tokens
from services.http.body import BodyRejected, read_body

FORM_LIMIT = 4096
_logger = logging.getLogger("holdfast.codec")


def sign_in_routes(access: Access, origins: Sequence[str]) -> Sequence[Route]:
    """Returns the routes of the page, or none without bearer tokens or without an origin of a Temporal UI."""
    if access.tokens is None or not origins:
        return []
    # a browser sends a Secure cookie over https only, and plain http is allowed for loopback hosts
    sessions = SignIn(access, access.tokens, secure=any(origin.startswith("https:") for origin in origins))
    return [
        Route("/sign-in", sessions.show, methods=["GET"]),
        Route("/sign-in", sessions.sign_in, methods=["POST"]),
        Route("/sign-out", sessions.sign_out, methods=["POST"]),
        Route("/sign-in.css", stylesheet, methods=["GET"]),
    ]


class SignIn:
    """Starts and ends the sessions of browsers."""

    def __init__(self, access: Access, tokens: Tokens, *, secure: bool) -> None:
        self._access = access
        self._tokens = tokens
        self._secure = secure

    async def show(self, request: Request) -> Response:
        """Shows the form, or the signed-in user."""
        name = self._access.user(request)
        if name is None:
            return page("sign_in.html", problem="")
        hours = SESSION // timedelta(hours=1)
        return page("signed_in.html", name=name, hours=hours, endpoint=self._endpoint(request))

    async def sign_in(self, request: Request) -> Response:
        """Starts a session for the holder of the token."""
        try:
            form = parse_qs((await read_body(request, FORM_LIMIT)).decode("utf-8", "replace"))
        except BodyRejected as rejected:
            return Response(status_code=rejected.status)
        token = form.get("token", [""])[-1].strip()
        session = self._tokens.session(token, self._access.clock())
        if session is None:
            _logger.warning("sign-in rejected: unknown token")
            return page("sign_in.html", 401, problem="This token is not valid. Try again.")
        _logger.info("%s has signed in", self._tokens.holder_of(token))
        answer = RedirectResponse("sign-in", 303, HEADERS)
        age = int(SESSION.total_seconds())
        answer.set_cookie(COOKIE, session, age, secure=self._secure, httponly=True, samesite="strict")
        return answer

    async def sign_out(self, _: Request) -> Response:
        """Ends the session in this browser."""
        answer = RedirectResponse("sign-in", 303, HEADERS)
        answer.delete_cookie(COOKIE, secure=self._secure, httponly=True, samesite="strict")
        return answer

    def _endpoint(self, request: Request) -> str:
        """Returns the server's URL as the browser sees it, also behind a proxy that terminates TLS."""
        return str(request.base_url.replace(scheme="https" if self._secure else "http")).rstrip("/")
