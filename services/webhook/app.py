"""The ASGI application of the webhook, which serves the notify URL.

    POST {base}/{merchantAccount}/{paymentReference}    the URL that every pay request names
    POST {base}/{merchantAccount}                       a URL registered in the gateway's dashboard
    GET  /healthz                                       200 while the process runs
    GET  /readyz                                        200 while Temporal answers

`base` is the path of HOLDFAST_NOTIFY_URL. The log contains no body and no data of a buyer.
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
from holdfast.antom.message_time import parse_message_time
from holdfast.antom.models import parse_notification
from holdfast.antom.signing import is_valid
from holdfast.settings.names import DEFAULT_ACCOUNT
from holdfast.temporal.names import is_payment_reference
from holdfast.validation.card_numbers import contains_card_number
from services.http.body import BodyRejected, read_body
from services.http.server import healthz
from services.settings import Settings
from services.webhook.acknowledgement import acknowledgement
from services.webhook.delivery import VerifiedRequest, deliver, keep_unreadable
from settlement.notification.verified_notification import VerifiedNotification, verified

BODY_LIMIT = 64 * 1024
"""The highest size in bytes of a body; the largest notification of the gateway's guide has 2 KiB."""
DELIVERY_SECONDS = 8
"""The time in which Temporal must store a notification, before the webhook answers 503."""
READY_TIMEOUT = timedelta(seconds=3)
_UNREACHABLE = (RPCError, RuntimeError, TimeoutError)
"""The errors that mean that Temporal cannot be reached. A lazy client raises RuntimeError for it."""
_logger = logging.getLogger("holdfast.webhook")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    temporal_client: Client,
    clock: Callable[[], datetime] = _utc_now,
    accounts: Mapping[str, GatewayAccount] | None = None,
) -> Starlette:
    """Creates the webhook's application.

    Args:
        settings: The settings of the process.
        temporal_client: The Temporal client, which may be lazy.
        clock: Returns the current time.
        accounts: The merchant accounts by alias, which may change at any time. The default is the accounts
            of the settings, as they are now.
    """
    handler = NotificationHandler(settings, accounts or settings.accounts(), temporal_client, clock)
    app = Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/readyz", handler.readyz, methods=["GET"]),
            Route(settings.notify_path + "/{rest:path}", handler.receive, methods=["POST"]),
        ]
    )
    # the path is signed, so that a redirect to another path would never be valid
    app.router.redirect_slashes = False
    return app


class NotificationHandler:
    """Verifies notifications, delivers them to Temporal and acknowledges them (Antom: notifications)."""

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
        """Answers 200 when Temporal answers, and 503 otherwise."""
        try:
            async with asyncio.timeout(READY_TIMEOUT.total_seconds()):
                ready = await self._client.service_client.check_health(retry=True, timeout=READY_TIMEOUT)
        except _UNREACHABLE:
            ready = False
        return Response(status_code=200 if ready else 503)

    async def receive(self, request: Request) -> Response:
        """Handles one notification. The response is 200 only after Temporal has stored the notification."""
        try:
            body = await read_body(request, BODY_LIMIT)
        except BodyRejected as refused:
            return Response(status_code=refused.status)
        path = _request_target(request)
        name, _, reference = path.removeprefix(self._prefix).partition("/")
        # `get` of a mapping raises and catches a KeyError, whose text would contain a part of the URL
        account = self._accounts[name] if name in self._accounts else None  # noqa: SIM401 - no KeyError inside
        failed = self._failed_checks(request, path, body, account)
        if account is None or failed:
            shown = f"account {name}{self._shown_path(name, reference)}" if account else "an unknown account"
            _logger.warning("rejected a notification for %s: %s", shown, ", ".join(failed))
            return Response(status_code=401)
        return await self._deliver(VerifiedRequest(name, reference, body, self._clock()), account, path)

    def _shown_path(self, account: str, reference: str) -> str:
        """Returns the path for the log. It is unauthenticated: it is shown where it can be a payment's."""
        if not reference:
            return f" at {self._prefix}{account}"
        if not is_payment_reference(reference) or contains_card_number(reference):
            return ", at a path without a payment reference"
        return f" at {self._prefix}{account}/{reference}"

    def _failed_checks(
        self, request: Request, path: str, body: bytes, account: GatewayAccount | None
    ) -> Sequence[str]:
        """Returns the names of the checks that the request fails.

        Every check runs in every case, also for an unknown account, so that the response time does not show
        which check has failed.
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
        is_same_client = hmac.compare_digest(client_id.encode(), checked.client_id.encode())
        passed = {"client id": is_same_client, "request time": self._is_recent(time), "signature": is_signed}
        return [name for name, is_passed in passed.items() if not is_passed]

    def _is_recent(self, time: str) -> bool:
        moment = parse_message_time(time)
        return moment is not None and abs(self._clock() - moment) <= self._tolerance

    async def _deliver(self, request: VerifiedRequest, account: GatewayAccount, path: str) -> Response:
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                if not await self._store(request):
                    return Response(status_code=400)
        except _UNREACHABLE as error:
            _logger.error("cannot deliver a notification to Temporal: %s", type(error).__name__)
            return Response(status_code=503)
        return acknowledgement(account, path, self._clock())

    async def _store(self, request: VerifiedRequest) -> bool:
        """Stores the notification in Temporal. Returns False when its body cannot be read.

        A notification of an unknown type is acknowledged: it would be the same when it is sent again.
        """
        try:
            facts = _parse(request)
        except NotificationError as error:
            await keep_unreadable(self._client, request, _reason(error), error.notify_type)
            return isinstance(error, UnknownNotification)
        await deliver(self._client, request, facts)
        return True


def _request_target(request: Request) -> str:
    """Returns the signed target of the request: its path, with the query if there is one."""
    query: bytes = request.scope["query_string"]
    target: bytes = request.scope["raw_path"] + (b"?" + query if query else b"")
    return target.decode("latin-1")


def _parse(request: VerifiedRequest) -> VerifiedNotification:
    """Parses the body of a verified request. Raises NotificationError."""
    notification = parse_notification(request.body)
    try:
        return verified(notification, merchant_account=request.account, received_at=request.at)
    except ValidationError:
        raise MalformedNotification("breaks its model", notify_type=notification.notifyType) from None


def _reason(error: NotificationError) -> str:
    if isinstance(error, UnknownNotification):
        return "unknown notifyType"
    return "malformed" if error.notify_type else "not JSON"
