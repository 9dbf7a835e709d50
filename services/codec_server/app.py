"""The ASGI application that encodes and decodes payloads (Temporal: codec server).

    POST /decode     payloads in clear, for the Temporal UI and for `temporal --codec-endpoint`
    POST /encode     payloads encrypted, so that what a person sends with them is not stored in clear
    GET  /sign-in    a browser's session, for the UI
    GET  /healthz    the process lives

A log line here says who, how many and for which namespace, and never anything of a payload.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from google.protobuf.json_format import MessageToJson, Parse, ParseError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from temporalio.api.common.v1 import Payload, Payloads

from holdfast.errors import CodecKeyError
from services.codec_server.access import Access
from services.codec_server.settings import CodecSettings
from services.codec_server.sign_in import sign_in_routes
from services.http.body import BodyRefused, body_of
from services.http.server import healthz

BODY_LIMIT = 8 * 1024 * 1024
"""Bytes; a payload has 2 MB at most (Temporal), and stands here in base64."""
ANSWER_LIMIT = 32 * 1024 * 1024
"""Bytes of payloads in one answer: what is compressed may be much more than it was."""
HEADERS = ("Authorization", "Authorization-Extras", "Content-Type", "X-Namespace")
"""What the Temporal UI sends (its `data-encoder.ts`)."""
NOT_STORED = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_NAMESPACE = re.compile(r"[A-Za-z0-9._-]{1,255}")
_logger = logging.getLogger("holdfast.codec")

Change = Callable[[Sequence[Payload]], Awaitable[list[Payload]]]


class _Refused(Exception):
    """Not answered; the CLI shows the reason, the UI the status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: CodecSettings, clock: Callable[[], datetime] = _utc_now) -> Starlette:
    """The codec server as an ASGI application."""
    access = Access(settings.tokens(), settings.proxy(), clock)
    server = CodecServer(settings, access)
    return Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/decode", server.decode, methods=["POST"]),
            Route("/encode", server.encode, methods=["POST"]),
            *sign_in_routes(access, settings.origins),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=settings.origins,
                allow_methods=["POST"],
                allow_headers=HEADERS,
                allow_credentials=True,
                allow_private_network=True,
            )
        ],
    )


class CodecServer:
    """Encodes and decodes for those who may."""

    def __init__(self, settings: CodecSettings, access: Access) -> None:
        self._codec = settings.codec()
        self._origins = settings.origins
        self._access = access

    async def decode(self, request: Request) -> Response:
        """Payloads in clear; what is not encrypted comes back as it is."""
        return await self._answer(request, "decoded", self._codec.decode)

    async def encode(self, request: Request) -> Response:
        """Payloads encrypted with the first key. Whoever may read may do so: it tells nothing."""
        return await self._answer(request, "encoded", self._codec.encode)

    async def _answer(self, request: Request, done: str, change: Change) -> Response:
        try:
            person = self._person(request)
            payloads = await _payloads(request)
            answer = await _changed(payloads, change)
        except _Refused as refused:
            _logger.warning("refused with %d: %s", refused.status, refused.reason)
            return PlainTextResponse(refused.reason, refused.status, NOT_STORED)
        namespace = _namespace_of(request)
        _logger.info("%s %d payloads for %s, namespace %s", done, len(payloads), person, namespace)
        return Response(answer, media_type="application/json", headers=NOT_STORED)

    def _person(self, request: Request) -> str:
        """The name of who asks. Raises _Refused."""
        origin, person = request.headers.get("origin"), self._access.person(request)
        if origin is not None and origin not in self._origins:
            raise _Refused(403, "nothing for this page: its origin is not in HOLDFAST_CODEC_ORIGINS")
        if person is None:
            raise _Refused(401, "nothing for strangers: sign in, or send a bearer token")
        return person


async def _payloads(request: Request) -> Sequence[Payload]:
    """Read `temporal.api.common.v1.Payloads` as JSON. Raises _Refused."""
    try:
        body = await body_of(request, BODY_LIMIT)
        return Parse(body, Payloads(), ignore_unknown_fields=True).payloads
    except BodyRefused as refused:
        raise _Refused(refused.status, "the request is too large or too slow") from None
    except (ParseError, ValueError, RecursionError):
        raise _Refused(400, "the body is no JSON of payloads") from None


async def _changed(payloads: Sequence[Payload], change: Change) -> str:
    """One by one, so that too much is noticed before it fills the memory. Raises _Refused."""
    answer, size = Payloads(), 0
    try:
        for payload in payloads:
            answer.payloads.extend(await change([payload]))
            size += answer.payloads[-1].ByteSize()
            if size > ANSWER_LIMIT:
                raise _Refused(413, "the payloads are too large: ask for fewer at a time")
    except CodecKeyError as error:
        raise _Refused(422, str(error)) from None
    return MessageToJson(answer, indent=None)


def _namespace_of(request: Request) -> str:
    """What the caller says, where that can stand in a log."""
    said = request.headers.get("x-namespace", "")
    return said if _NAMESPACE.fullmatch(said) else "unknown"
