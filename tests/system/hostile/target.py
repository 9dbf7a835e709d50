"""The webhook for unauthenticated requests, and a double of Temporal that counts what reaches it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import cast
from urllib.parse import unquote_to_bytes

from starlette.applications import Starlette
from starlette.types import Message, Scope
from temporalio.client import Client
from temporalio.converter import DataConverter

from holdfast.antom.signing import sign
from holdfast.temporal import connection
from services.settings import Settings
from services.webhook.app import create_app
from tests.support.services.notification_sender import (
    CLIENT_ID,
    NOTIFY_PATH,
    NOW,
    KeyPair,
    new_key_pair,
    payment_result,
)

TIME = str(int(NOW.timestamp() * 1000))

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Request:
    """A request as a server gives it to the application. `is_aborted`: the client disconnects early."""

    target: bytes
    headers: Headers
    chunks: Sequence[bytes]
    method: str = "POST"
    is_aborted: bool = False


@dataclass
class CountingTemporal:
    """A double of the Temporal client that counts signals and started workflows."""

    signals: int = 0
    started: int = 0
    namespace: str = "default"
    identity: str = "test"
    data_converter: DataConverter = field(default_factory=connection.data_converter)

    @property
    def workflow_service(self) -> "CountingTemporal":
        """Returns itself as the server's interface."""
        return self

    async def signal_workflow_execution(self, *_: object, **__: object) -> None:
        """Counts a signal."""
        self.signals += 1

    async def start_workflow(self, *_: object, **__: object) -> None:
        """Counts a started workflow."""
        self.started += 1


@dataclass
class ResponseCounts:
    """The number of responses by status, and of signals."""

    statuses: dict[int, int] = field(default_factory=dict)
    signals: int = 0

    @property
    def total(self) -> int:
        """All requests."""
        return sum(self.statuses.values())

    @property
    def accepted(self) -> int:
        """Requests that were acknowledged, found Temporal unavailable, or were passed on."""
        return self.statuses.get(200, 0) + self.statuses.get(503, 0) + self.signals

    @property
    def failed(self) -> int:
        """Requests that got 5xx."""
        return sum(count for status, count in self.statuses.items() if status >= 500)

    def count(self, status: int) -> None:
        """Counts one response."""
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def __str__(self) -> str:
        answers = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        return f"{self.total} requests, {self.accepted} accepted, {self.failed} with 5xx ({answers})"


@cache
def gateway_key() -> KeyPair:
    """Returns the key of the gateway."""
    return new_key_pair()


@cache
def other_key() -> KeyPair:
    """Returns a key that is not the gateway's."""
    return new_key_pair()


def target(temporal: CountingTemporal) -> Starlette:
    """Returns the webhook of a merchant with one account, with a fixed clock."""
    settings = Settings(
        antom_gateway_url="http://127.0.0.1:9",
        antom_client_id=CLIENT_ID,
        antom_merchant_private_key=other_key().private_text,
        antom_public_key=gateway_key().public_text,
        holdfast_notify_url=f"https://pay.example.com{NOTIFY_PATH}",
    )
    return create_app(settings, cast("Client", temporal), lambda: NOW)


def signed(reference: str, key: KeyPair, body: bytes | None = None) -> Request:
    """Returns a notification about this payment, signed with that key."""
    path, content = f"{NOTIFY_PATH}/default/{reference}", body or payment_result(f"{reference}-1")
    signature = sign(
        method="POST", path=path, client_id=CLIENT_ID, time=TIME, body=content, private_key=key.private
    )
    headers = [
        (b"client-id", CLIENT_ID.encode()),
        (b"request-time", TIME.encode()),
        (b"signature", signature.encode()),
    ]
    return Request(path.encode(), headers, [content])


async def answer_to(app: Starlette, request: Request) -> list[Message]:
    """Returns the application's response; calls it as a server does, with bytes that no HTTP client sends."""
    sent: list[Message] = []
    coming = iter(_messages(request))

    async def receive() -> Message:
        return next(coming, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    await app(_scope(request), receive, send)
    return sent


async def status_of(app: Starlette, request: Request) -> int:
    """Returns the status of the response."""
    return int((await answer_to(app, request))[0]["status"])


def _messages(request: Request) -> list[Message]:
    whole: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": True} for chunk in request.chunks
    ]
    end: Message = {"type": "http.request", "body": b"", "more_body": False}
    return whole if request.is_aborted else [*whole, end]


def _scope(request: Request) -> Scope:
    raw_path, _, query = request.target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"),
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": list(request.headers),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
