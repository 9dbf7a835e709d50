"""Malformed HTTP, written to the webhook's own socket."""

import random
from collections.abc import Iterator

from tests.system.hostile.connections import answer_to, listening
from tests.system.hostile.target import CountingTemporal, ResponseCounts, other_key, signed, target
from tests.system.hostile.wire import wire

CONTINUE = 100
CLOSED = 400
"""The status that stands for a connection closed without a response."""
_PIECES = (
    b"\r\n",
    b"\n",
    b"\0",
    b":",
    b" ",
    b"\r\n\r\n",
    b"HTTP/1.1",
    b"Transfer-Encoding: chunked\r\n",
    b"%",
)
_MORE = (b"", b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n", b"Upgrade: websocket\r\n")


def malformed_requests(inputs: int, seed: int) -> Iterator[bytes]:
    """Yields forged notifications, changed in up to four places."""
    rng = random.Random(seed)
    forged = signed("ORDER_A", other_key())
    for _ in range(inputs):
        raw = wire(forged, rng.choice(_MORE))
        for _ in range(rng.randint(0, 4)):
            raw = _changed(raw, rng)
        yield raw


def _changed(raw: bytes, rng: random.Random) -> bytes:
    at, length = rng.randrange(len(raw)), rng.choice((0, 1, 1, 9, 200))
    instead = rng.choice((b"", bytes([rng.randrange(256)]), rng.choice(_PIECES), raw[at : at + length]))
    return raw[:at] + instead + raw[at + length :]


def _status(answer: bytes) -> int:
    """Returns the status of the first response that is not 100."""
    statuses = [int(line[9:12]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    return next((status for status in statuses if status != CONTINUE), CLOSED)


async def try_raw_bytes(inputs: int, seed: int = 1) -> ResponseCounts:
    """Sends so many requests, each over a connection of its own."""
    responses, temporal = ResponseCounts(), CountingTemporal()
    async with listening(target(temporal)) as port:
        for raw in malformed_requests(inputs, seed):
            responses.count(_status(await answer_to(port, raw)))
    responses.signals = temporal.signals + temporal.started
    return responses
