"""The ASGI application behind the notify URL.

    POST {base}/{merchantAccount}/{paymentReference}    the URL that every pay request names
    POST {base}/{merchantAccount}                       a URL registered in the gateway's dashboard
    GET  /healthz                                       the process lives
    GET  /readyz                                        and Temporal answers

`base` is the path of HOLDFAST_NOTIFY_URL. A log line here holds no body and nothing of a buyer.
"""

import asyncio
import hmac
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.client import Client
from temporalio.service import RPCError

from holdfast.antom.account import GatewayAccount
from holdfast.antom.errors import MalformedNotification, NotificationError, UnknownNotification
from holdfast.antom.models import parse_notification
from holdfast.antom.signing import is_valid
from services.http.body import BodyRefused, body_of
from services.http.server import healthz
from services.settings import DEFAULT_ACCOUNT, Settings
from services.webhook.acknowledgement import acknowledgement
from services.webhook.delivery import Arrival, deliver, keep_unreadable
from settlement.notification import VerifiedNotification, verified

BODY_LIMIT = 64 * 1024
"""Bytes; the largest notification of the gateway's guide has 2 KiB."""
DELIVERY_SECONDS = 8
READY_TIMEOUT = timedelta(seconds=3)
_UNREACHABLE = (RPCError, RuntimeError, TimeoutError)
"""A lazy client says RuntimeError while it cannot connect."""
_logger = logging.getLogger("holdfast.webhook")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    temporal_client: Client,
    clock: Callable[[], datetime] = _utc_now,
    accounts: Mapping[str, GatewayAccount] | None = None,
) -> Starlette:
    """The receiver as an ASGI application; `temporal_client` may be lazy, `accounts` may change while it
    serves. Without them it has those of the settings for good.
    """
    receiver = Receiver(settings, accounts or settings.accounts(), temporal_client, clock)
    app = Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/readyz", receiver.readyz, methods=["GET"]),
            Route(settings.notify_path + "/{rest:path}", receiver.receive, methods=["POST"]),
        ]
    )
    # the path is signed: nobody is sent to another one
    app.router.redirect_slashes = False
    return app


class Receiver:
    """Verifies what arrives, delivers it, and answers as the gateway wants it (Antom: notifications)."""

    def __init__(
        self,
        settings: Settings,
        accounts: Mapping[str, GatewayAccount],
        client: Client,
        clock: Callable[[], datetime],
    ) -> None:
        self._accounts = accounts
        self._prefix = settings.notify_path + "/"
        self._tolerance = timedelta(seconds=settings.holdfast_notify_tolerance)
        self._client = client
        self._clock = clock

    async def readyz(self, _: Request) -> Response:
        """Temporal answers, so notifications can be taken."""
        try:
            async with asyncio.timeout(READY_TIMEOUT.total_seconds()):
                ready = await self._client.service_client.check_health(retry=True, timeout=READY_TIMEOUT)
        except _UNREACHABLE:
            ready = False
        return Response(status_code=200 if ready else 503)

    async def receive(self, request: Request) -> Response:
        """One notification: 200 with the acknowledgement only when Temporal has it."""
        try:
            body = await body_of(request, BODY_LIMIT)
        except BodyRefused as refused:
            return Response(status_code=refused.status)
        path = _target(request)
        name, _, reference = path.removeprefix(self._prefix).partition("/")
        # a mapping's `get` raises a KeyError, if only to catch it, and its text would hold a part of the URL
        account = self._accounts[name] if name in self._accounts else None  # noqa: SIM401 - no KeyError inside
        problems = self._problems(request, path, body, account)
        if account is None or problems:
            shown = f"account {name}" if account else "an unknown account"
            _logger.warning("refused a notification for %s: %s", shown, ", ".join(problems))
            return Response(status_code=401)
        return await self._deliver(Arrival(name, reference, body, self._clock()), account, path)

    def _problems(
        self, request: Request, path: str, body: bytes, account: GatewayAccount | None
    ) -> Sequence[str]:
        """Why the request is not the gateway's. Everything is checked whatever is wrong, for an account that
        is not there as well: how long an answer takes does not tell how near a forgery came.
        """
        checked = account or self._accounts[DEFAULT_ACCOUNT]
        client_id = request.headers.get("client-id", "")
        time = request.headers.get("request-time", "")
        is_signed = is_valid(
            request.headers.get("signature"),
            method="POST",
            path=path,
            client_id=client_id,
            time=time,
            body=body,
            public_keys=checked.gateway_public_keys,
        )
        is_ours = hmac.compare_digest(client_id.encode(), checked.client_id.encode())
        passed = {"client id": is_ours, "request time": self._is_recent(time), "signature": is_signed}
        return [name for name, is_passed in passed.items() if not is_passed]

    def _is_recent(self, time: str) -> bool:
        moment = moment_of(time)
        return moment is not None and abs(self._clock() - moment) <= self._tolerance

    async def _deliver(self, arrival: Arrival, account: GatewayAccount, path: str) -> Response:
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                if not await self._taken(arrival):
                    return Response(status_code=400)
        except _UNREACHABLE as error:
            _logger.error("cannot hand a notification to Temporal: %s", type(error).__name__)
            return Response(status_code=503)
        return acknowledgement(account, path, self._clock())

    async def _taken(self, arrival: Arrival) -> bool:
        """Whether it was a notification that we know; Temporal has it either way."""
        try:
            facts = _facts_of(arrival)
        except NotificationError as error:
            await keep_unreadable(self._client, arrival, _reason(error), error.notify_type)
            return False
        await deliver(self._client, arrival, facts)
        return True


def _target(request: Request) -> str:
    """Where the request was sent, as it was signed: a query, which no notify URL has, is a part of it."""
    query: bytes = request.scope["query_string"]
    target: bytes = request.scope["raw_path"] + (b"?" + query if query else b"")
    return target.decode("latin-1")


def moment_of(text: str) -> datetime | None:
    """A Request-Time in either of the gateway's forms: epoch milliseconds, or ISO-8601 with an offset."""
    try:
        if text.isascii() and text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else None


def _facts_of(arrival: Arrival) -> VerifiedNotification:
    """What a body claims. Raises NotificationError."""
    notification = parse_notification(arrival.body)
    try:
        return verified(notification, merchant_account=arrival.account, received_at=arrival.at)
    except ValidationError:
        raise MalformedNotification("breaks its model", notify_type=notification.notifyType) from None


def _reason(error: NotificationError) -> str:
    if isinstance(error, UnknownNotification):
        return "unknown notifyType"
    return "malformed" if error.notify_type else "not JSON"
