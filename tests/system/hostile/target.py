"""The webhook as a stranger meets it, and a Temporal that counts what reaches it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import cast
from urllib.parse import unquote_to_bytes

from starlette.applications import Starlette
from starlette.types import Message, Scope
from temporalio.client import Client

from holdfast.antom.signing import sign
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
    """A request as a server hands it to the application. `is_broken_off`: the client goes before the end."""

    target: bytes
    headers: Headers
    chunks: Sequence[bytes]
    method: str = "POST"
    is_broken_off: bool = False


@dataclass
class CountingTemporal:
    """In place of a Temporal client: it takes signals and workflows, and counts them."""

    signals: int = 0
    started: int = 0

    def get_workflow_handle(self, _workflow_id: str) -> "CountingTemporal":
        """Itself: it is the handle of every workflow."""
        return self

    async def signal(self, *_: object, **__: object) -> None:
        """One more."""
        self.signals += 1

    async def start_workflow(self, *_: object, **__: object) -> None:
        """One more."""
        self.started += 1


@dataclass
class ReportBuilder:
    """What was tried, and what became of it."""

    statuses: dict[int, int] = field(default_factory=dict)
    signals: int = 0

    @property
    def tried(self) -> int:
        """All inputs."""
        return sum(self.statuses.values())

    @property
    def accepted(self) -> int:
        """Answered as only the gateway is answered, or handed on."""
        return self.statuses.get(200, 0) + self.statuses.get(503, 0) + self.signals

    @property
    def failed(self) -> int:
        """Answered 5xx."""
        return sum(count for status, count in self.statuses.items() if status >= 500)

    def count(self, status: int) -> None:
        """One more input, answered like this."""
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def __str__(self) -> str:
        answers = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        return f"{self.tried} inputs, {self.accepted} accepted, {self.failed} answered 5xx ({answers})"


@cache
def gateway_key() -> KeyPair:
    """What signs real notifications."""
    return new_key_pair()


@cache
def strangers_key() -> KeyPair:
    """What signs as well, and is not the gateway's."""
    return new_key_pair()


def target(temporal: CountingTemporal) -> Starlette:
    """The webhook of a merchant with one account, at a time that stands still."""
    settings = Settings(
        antom_gateway_url="http://127.0.0.1:9",
        antom_client_id=CLIENT_ID,
        antom_merchant_private_key=strangers_key().private_text,
        antom_public_key=gateway_key().public_text,
        holdfast_notify_url=f"https://pay.example.com{NOTIFY_PATH}",
    )
    return create_app(settings, cast("Client", temporal), lambda: NOW)


def signed(reference: str, key: KeyPair, body: bytes | None = None) -> Request:
    """A notification about this payment, signed with that key."""
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
    """What the application sends back, called as a server would, with bytes no HTTP client would send."""
    sent: list[Message] = []
    coming = iter(_messages(request))

    async def receive() -> Message:
        return next(coming, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    await app(_scope(request), receive, send)
    return sent


async def status_of(app: Starlette, request: Request) -> int:
    """The status alone."""
    return int((await answer_to(app, request))[0]["status"])


def _messages(request: Request) -> list[Message]:
    whole: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": True} for chunk in request.chunks
    ]
    end: Message = {"type": "http.request", "body": b"", "more_body": False}
    return whole if request.is_broken_off else [*whole, end]


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
