"""Bytes that are nearly HTTP, written to the webhook's own socket."""

import random
from collections.abc import Iterator

from tests.system.hostile.connections import answer_to, listening
from tests.system.hostile.target import CountingTemporal, ReportBuilder, signed, strangers_key, target
from tests.system.hostile.wire import wire

CONTINUE = 100
CUT_OFF = 400
"""What a connection counts as that was ended without an answer."""
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


def nearly_http(inputs: int, seed: int) -> Iterator[bytes]:
    """A forged notification, spoilt in up to four places."""
    chance = random.Random(seed)
    forged = signed("ORDER_A", strangers_key())
    for _ in range(inputs):
        raw = wire(forged, chance.choice(_MORE))
        for _ in range(chance.randint(0, 4)):
            raw = _spoilt(raw, chance)
        yield raw


def _spoilt(raw: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(raw)), chance.choice((0, 1, 1, 9, 200))
    instead = chance.choice(
        (b"", bytes([chance.randrange(256)]), chance.choice(_PIECES), raw[at : at + length])
    )
    return raw[:at] + instead + raw[at + length :]


def _status(answer: bytes) -> int:
    """Of the first answer that is more than "go on"."""
    statuses = [int(line[9:12]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    return next((status for status in statuses if status != CONTINUE), CUT_OFF)


async def try_raw_bytes(inputs: int, seed: int = 1) -> ReportBuilder:
    """So many of them, each over a connection of its own."""
    tally, temporal = ReportBuilder(), CountingTemporal()
    async with listening(target(temporal)) as port:
        for raw in nearly_http(inputs, seed):
            tally.count(_status(await answer_to(port, raw)))
    tally.signals = temporal.signals + temporal.started
    return tally
