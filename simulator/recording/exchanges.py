"""HTTP exchanges as they were received and sent, without card data, in a bounded memory.

The newest 1,000 exchanges in each direction are kept, and fewer where their texts would exceed 32 million
characters.
"""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulator.clock import wall_clock
from simulator.recording.masking import mask_body, mask_headers, mask_text

MAX_EXCHANGES = 1_000
MAX_CHARACTERS = 32_000_000


@dataclass
class Exchange:
    """One request and its answer, which is absent as long as there is none. `started` is in real time."""

    method: str
    path: str
    request_headers: Mapping[str, str]
    request_body: str = field(repr=False)
    started: datetime = field(default_factory=wall_clock)
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str | None = field(default=None, repr=False)
    aborted_after: int | None = None
    error: str | None = None
    duration_ms: float | None = None
    is_kept: bool = True
    _started: float = field(default_factory=time.perf_counter, repr=False)

    @classmethod
    def begin(cls, method: str, path: str, headers: Mapping[str, str], body: bytes) -> "Exchange":
        """Records a request, from whose time the duration counts."""
        return cls(method, mask_text(path), mask_headers(headers), mask_body(body))

    def end(
        self,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        aborted_after: int | None = None,
        error: str | None = None,
    ) -> None:
        """Records the answer, or the `error` where there is none.

        Args:
            status: The HTTP status; None where none was sent or received.
            headers: The headers of the answer.
            body: The bytes that were sent or received.
            aborted_after: After how many bytes of the body a fault aborted the connection.
            error: The class of the error with which a send failed.
        """
        self.duration_ms = round((time.perf_counter() - self._started) * 1000, 3)
        self.status, self.response_headers = status, mask_headers(headers or {})
        self.response_body = mask_body(body) if body is not None else None
        self.aborted_after, self.error = aborted_after, error

    @property
    def string_to_verify(self) -> str:
        """What the receiver of the request verifies the signature against, with card data masked."""
        client_id, moment = (self.request_headers.get(name, "") for name in ("client-id", "request-time"))
        return f"{self.method} {self.path}\n{client_id}.{moment}.{self.request_body}"

    @property
    def characters(self) -> int:
        """The number of characters of both bodies."""
        return len(self.request_body) + len(self.response_body or "")

    def discard(self) -> None:
        """Removes headers and bodies; time, duration and status stay."""
        self.is_kept = False
        self.request_headers, self.response_headers = {}, {}
        self.request_body, self.response_body = "", None

    def wire(self) -> dict[str, object] | None:
        """Returns the exchange in the format of GET /calls/{id}; None where it is not kept any more."""
        if not self.is_kept:
            return None
        return {
            "method": self.method,
            "path": self.path,
            "requestHeaders": dict(self.request_headers),
            "requestBody": self.request_body,
            "stringToVerify": self.string_to_verify,
            "status": self.status,
            "responseHeaders": dict(self.response_headers),
            "responseBody": self.response_body,
            "abortedAfter": self.aborted_after,
            "error": self.error,
        }


class Exchanges:
    """The exchanges of one direction, of which the newest keep their headers and bodies."""

    def __init__(self, limit: int = MAX_EXCHANGES, characters: int = MAX_CHARACTERS) -> None:
        self._limit = limit
        self._max_characters = characters
        self._kept: deque[tuple[Exchange, int]] = deque()
        self._characters = 0

    def add(self, exchange: Exchange) -> None:
        """Adds an exchange that has ended, and discards the oldest ones that exceed a limit."""
        self._kept.append((exchange, exchange.characters))
        self._characters += exchange.characters
        while len(self._kept) > self._limit or self._characters > self._max_characters:
            oldest, characters = self._kept.popleft()
            self._characters -= characters
            oldest.discard()
