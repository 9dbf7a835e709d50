"""The ASGI application that encodes and decodes payloads (Temporal: codec server).

    POST /decode     decrypts payloads, for the Temporal UI and for `temporal --codec-endpoint`
    POST /encode     encrypts payloads, so that what a user sends is not stored in clear text
    GET  /sign-in    starts the session of a browser, for the UI
    GET  /healthz    200 while the process runs

The log contains the user, the number of payloads and the namespace, and no content of a payload.
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
from services.http.body import BodyRejected, read_body
from services.http.server import healthz

BODY_LIMIT = 8 * 1024 * 1024
"""The highest size in bytes of a request body. A payload has 2 MB at most (Temporal), here in base64."""
RESPONSE_LIMIT = 32 * 1024 * 1024
"""The highest size in bytes of the payloads of a response, which decompression can make much larger."""
REQUEST_HEADERS = ("Authorization", "Authorization-Extras", "Content-Type", "X-Namespace")
"""The headers that the Temporal UI sends (its `data-encoder.ts`)."""
NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_NAMESPACE = re.compile(r"[A-Za-z0-9._-]{1,255}")
_logger = logging.getLogger("holdfast.codec")

Transform = Callable[[Sequence[Payload]], Awaitable[list[Payload]]]


class _Rejected(Exception):
    """The request is rejected. The CLI shows the reason, and the UI shows the status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: CodecSettings, clock: Callable[[], datetime] = _utc_now) -> Starlette:
    """Creates the codec server's application.

    Args:
        settings: The settings of the process.
        clock: Returns the current time.
    """
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
                allow_headers=REQUEST_HEADERS,
                allow_credentials=True,
                allow_private_network=True,
            )
        ],
    )


class CodecServer:
    """Encodes and decodes payloads for authenticated users."""

    def __init__(self, settings: CodecSettings, access: Access) -> None:
        self._codec = settings.codec()
        self._origins = settings.origins
        self._access = access

    async def decode(self, request: Request) -> Response:
        """Decrypts payloads. A payload that is not encrypted is returned unchanged."""
        return await self._respond(request, "decoded", self._codec.decode)

    async def encode(self, request: Request) -> Response:
        """Encrypts payloads with the first key. Every user who may decode may encode."""
        return await self._respond(request, "encoded", self._codec.encode)

    async def _respond(self, request: Request, done: str, transform: Transform) -> Response:
        try:
            user = self._user(request)
            payloads = await _payloads(request)
            answer = await _transformed(payloads, transform)
        except _Rejected as rejected:
            _logger.warning("rejected with %d: %s", rejected.status, rejected.reason)
            return PlainTextResponse(rejected.reason, rejected.status, NO_STORE)
        namespace = _namespace_of(request)
        _logger.info("%s %d payloads for %s, namespace %s", done, len(payloads), user, namespace)
        return Response(answer, media_type="application/json", headers=NO_STORE)

    def _user(self, request: Request) -> str:
        """Returns the name of the authenticated user. Raises _Rejected."""
        origin, user = request.headers.get("origin"), self._access.user(request)
        if origin is not None and origin not in self._origins:
            raise _Rejected(403, "the page's origin is not in HOLDFAST_CODEC_ORIGINS")
        if user is None:
            raise _Rejected(401, "not authenticated: sign in, or send a bearer token")
        return user


async def _payloads(request: Request) -> Sequence[Payload]:
    """Parses the body as JSON of `temporal.api.common.v1.Payloads`. Raises _Rejected."""
    try:
        body = await read_body(request, BODY_LIMIT)
        return Parse(body, Payloads(), ignore_unknown_fields=True).payloads
    except BodyRejected as rejected:
        raise _Rejected(rejected.status, "the request is too large or too slow") from None
    except (ParseError, ValueError, RecursionError):
        raise _Rejected(400, "the body is not JSON of payloads") from None


async def _transformed(payloads: Sequence[Payload], transform: Transform) -> str:
    """Transforms the payloads one by one, so that the size limit applies before memory is exhausted.

    Raises:
        _Rejected: The payloads are too large, or encrypted with an unknown key.
    """
    answer, size = Payloads(), 0
    try:
        for payload in payloads:
            answer.payloads.extend(await transform([payload]))
            size += answer.payloads[-1].ByteSize()
            if size > RESPONSE_LIMIT:
                raise _Rejected(413, "the payloads are too large: send fewer at a time")
    except CodecKeyError as error:
        raise _Rejected(422, str(error)) from None
    return MessageToJson(answer, indent=None)


def _namespace_of(request: Request) -> str:
    """Returns the namespace that the client sends, or "unknown" when it is not valid in a log line."""
    namespace = request.headers.get("x-namespace", "")
    return namespace if _NAMESPACE.fullmatch(namespace) else "unknown"
