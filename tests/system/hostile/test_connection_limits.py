"""A connection that sends too slowly or too much, or does not read, is closed; others are served."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from starlette.applications import Starlette

from services.http import connection
from services.http.connection import CONNECTION_FACTOR, HEAD_LIMIT
from tests.support.eventually import eventually
from tests.system.hostile.connections import answer_to, connected, listening, rest_of
from tests.system.hostile.target import CountingTemporal, other_key, signed, target
from tests.system.hostile.wire import wire

SHORT = 0.3
HEALTHZ = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def app() -> Starlette:
    return target(CountingTemporal())


@pytest.fixture
async def port(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """The port of a webhook with short time limits."""
    monkeypatch.setattr(connection, "HEAD_SECONDS", SHORT)
    monkeypatch.setattr(connection, "RESPONSE_SECONDS", SHORT)
    async with listening(app) as port:
        yield port


async def drip(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Sends a piece again and again until the connection is closed."""
    while not writer.transport.is_closing():
        writer.write(piece)
        await asyncio.sleep(SHORT / 10)


async def silent(_: asyncio.StreamWriter) -> None:
    """Sends nothing."""


async def slow_head(writer: asyncio.StreamWriter) -> None:
    """Sends its head slowly."""
    writer.write(b"POST / HTTP/1.1\r\n")
    await drip(writer, b"a: b\r\n")


async def slow_second_head(writer: asyncio.StreamWriter) -> None:
    """Sends its second head slowly."""
    writer.write(HEALTHZ + b"POST / HTTP/1.1\r\n")
    await drip(writer, b"a: b\r\n")


async def slow_body(writer: asyncio.StreamWriter) -> None:
    """Sends its body slowly."""
    writer.write(b"POST /antom/notifications/default HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n")
    await drip(writer, b"x")


async def endless_body(writer: asyncio.StreamWriter) -> None:
    """Keeps sending after it was refused."""
    writer.write(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    await drip(writer, b"1\r\nx\r\n")


@pytest.mark.parametrize("behaviour", [silent, slow_head, slow_second_head, slow_body, endless_body])
async def test_slow_connection_is_closed(
    port: int, behaviour: Callable[[asyncio.StreamWriter], Awaitable[None]]
) -> None:
    async with connected(port) as (reader, writer):
        sending = asyncio.ensure_future(behaviour(writer))
        received = await rest_of(reader)
        sending.cancel()
        await asyncio.wait({sending})
    assert b" 5" not in received[:12]


async def test_timely_requests_share_one_connection(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 3.0)
    async with listening(app) as port, connected(port) as (reader, writer):
        for _ in range(7):
            writer.write(HEALTHZ)
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.5)


async def test_time_limits_of_production_allow_the_longest_request() -> None:
    """A body may take fifteen seconds, and Temporal eight after it."""
    assert connection.RESPONSE_SECONDS > 15 + 8
    assert connection.HEAD_SECONDS > 1


@pytest.mark.parametrize("field", [b"x-padding: %s\r\n", b"%s: x\r\n"], ids=["long values", "long names"])
async def test_head_above_the_limit_is_refused(app: Starlette, field: bytes) -> None:
    request = signed("ORDER_A", other_key())
    async with listening(app) as port:
        assert b" 401 " in (await answer_to(port, wire(request, field % (b"x" * 1000))))[:20]
        long = await answer_to(port, wire(request, field % (b"x" * HEAD_LIMIT)))
        assert long[:13] in (b"HTTP/1.1 431 ", b"HTTP/1.1 400 ")
        many = await answer_to(port, wire(request, (field % b"x") * 4000))
        assert many[:13] in (b"HTTP/1.1 431 ", b"HTTP/1.1 400 ")


async def test_endless_head_is_refused(app: Starlette) -> None:
    async with listening(app) as port:
        assert b" 400 " in (await answer_to(port, b"POST / HTTP/1.1\r\na: " + b"x" * 2 * HEAD_LIMIT))[:20]


async def test_excess_connections_are_refused_and_open_ones_are_served(app: Starlette) -> None:
    at_once = 3
    async with listening(app, at_once) as port, connected(port) as (reader, writer):
        excess = [
            await asyncio.open_connection("127.0.0.1", port) for _ in range(3 * CONNECTION_FACTOR * at_once)
        ]
        ends = [asyncio.ensure_future(each.read(1)) for each, _ in excess]
        await eventually(lambda: sum(not end.done() for end in ends) < CONNECTION_FACTOR * at_once)
        for _, each in excess:
            each.transport.abort()
        await asyncio.wait(ends)
        writer.write(HEALTHZ)
        assert (await reader.readline()).startswith(b"HTTP/1.1 ")
        assert b" 200 " in (await answer_to(port, HEALTHZ))[:20]
