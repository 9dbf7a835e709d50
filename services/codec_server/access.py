"""Who asks, and may see payments in clear: by a token, a session made from one, or a proxy's word."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from services.codec_server.proxy import SignedInByProxy
from services.codec_server.tokens import Tokens

COOKIE = "holdfast_codec"
_BEARER = "bearer "


@dataclass(frozen=True)
class Access:
    """The ways in. There is always one at least, and none of them is open to everybody."""

    tokens: Tokens | None
    proxy: SignedInByProxy | None
    clock: Callable[[], datetime]

    def person(self, request: Request) -> str | None:
        """The name of who asks, or None for somebody who may not see anything."""
        if self.tokens is not None and (known := self._with_token(request, self.tokens)):
            return known
        return self.proxy.user_of(request) if self.proxy else None

    def _with_token(self, request: Request, tokens: Tokens) -> str | None:
        given = request.headers.get("authorization", "")
        if given.lower().startswith(_BEARER) and (holder := tokens.holder_of(given[len(_BEARER) :].strip())):
            return holder
        return tokens.holder_of_session(request.cookies.get(COOKIE, ""), self.clock())
