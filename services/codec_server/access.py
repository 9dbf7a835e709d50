"""The authentication of users, by a bearer token, by a session made from one, or by a reverse proxy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from services.codec_server.proxy import ProxyAuthentication
from services.codec_server.tokens import Tokens

COOKIE = "holdfast_codec"
_BEARER = "bearer "


@dataclass(frozen=True)
class Access:
    """The configured authentication methods, of which there is at least one.

    Attributes:
        tokens: The bearer tokens, if there are any.
        proxy: The trusted reverse proxy, if there is one.
        clock: Returns the current time.
    """

    tokens: Tokens | None
    proxy: ProxyAuthentication | None
    clock: Callable[[], datetime]

    def user(self, request: Request) -> str | None:
        """Returns the name of the authenticated user, or None."""
        if self.tokens is not None and (holder := self._token_holder(request, self.tokens)):
            return holder
        return self.proxy.user_of(request) if self.proxy else None

    def _token_holder(self, request: Request, tokens: Tokens) -> str | None:
        given = request.headers.get("authorization", "")
        if given.lower().startswith(_BEARER) and (holder := tokens.holder_of(given[len(_BEARER) :].strip())):
            return holder
        return tokens.holder_of_session(request.cookies.get(COOKIE, ""), self.clock())
