"""A connection that says little, or too much, or never listens, is cut; others are served meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from starlette.applications import Starlette

from services.http import connection
from services.http.connection import CONNECTION_FACTOR, HEAD_LIMIT
from tests.support.eventually import eventually
from tests.system.hostile.connections import answer_to, connected, listening, rest_of
from tests.system.hostile.target import CountingTemporal, signed, strangers_key, target
from tests.system.hostile.wire import wire

SHORT = 0.3
HEALTHZ = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def app() -> Starlette:
    return target(CountingTemporal())


@pytest.fixture
async def port(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """Where the webhook listens, whose patience is short."""
    monkeypatch.setattr(connection, "HEAD_SECONDS", SHORT)
    monkeypatch.setattr(connection, "RESPONSE_SECONDS", SHORT)
    async with listening(app) as port:
        yield port


async def drip(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Say a little, again and again, until the other side has enough."""
    while not writer.transport.is_closing():
        writer.write(piece)
        await asyncio.sleep(SHORT / 10)


async def silent(_: asyncio.StreamWriter) -> None:
    """Says nothing at all."""


async def slow_head(writer: asyncio.StreamWriter) -> None:
    """Says its head by and by."""
    writer.write(b"POST / HTTP/1.1\r\n")
    await drip(writer, b"a: b\r\n")


async def slow_second_head(writer: asyncio.StreamWriter) -> None:
    """The same after a request that was answered."""
    writer.write(HEALTHZ + b"POST / HTTP/1.1\r\n")
    await drip(writer, b"a: b\r\n")


async def slow_body(writer: asyncio.StreamWriter) -> None:
    """Says its body by and by."""
    writer.write(b"POST /antom/notifications/default HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n")
    await drip(writer, b"x")


async def endless_body(writer: asyncio.StreamWriter) -> None:
    """Goes on after it was refused."""
    writer.write(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    await drip(writer, b"1\r\nx\r\n")


@pytest.mark.parametrize("manner", [silent, slow_head, slow_second_head, slow_body, endless_body])
async def test_who_takes_too_long_is_cut_off(
    port: int, manner: Callable[[asyncio.StreamWriter], Awaitable[None]]
) -> None:
    async with connected(port) as (reader, writer):
        saying = asyncio.ensure_future(manner(writer))
        said = await rest_of(reader)
        saying.cancel()
        await asyncio.wait({saying})
    assert b" 5" not in said[:12]


async def test_who_is_in_time_is_served_again_and_again_over_one_connection(
    app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 1.0)
    async with listening(app) as port, connected(port) as (reader, writer):
        for _ in range(6):
            writer.write(HEALTHZ)
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.25)


async def test_what_is_written_down_for_production_leaves_room_for_the_work() -> None:
    """A body may take fifteen seconds, and Temporal eight after it."""
    assert connection.RESPONSE_SECONDS > 15 + 8
    assert connection.HEAD_SECONDS > 1


@pytest.mark.parametrize("field", [b"x-padding: %s\r\n", b"%s: x\r\n"], ids=["long values", "long names"])
async def test_a_head_that_is_too_long_is_refused(app: Starlette, field: bytes) -> None:
    request = signed("ORDER_A", strangers_key())
    async with listening(app) as port:
        assert b" 401 " in (await answer_to(port, wire(request, field % (b"x" * 1000))))[:20]
        long = await answer_to(port, wire(request, field % (b"x" * HEAD_LIMIT)))
        assert long[:13] in (b"HTTP/1.1 431 ", b"HTTP/1.1 400 ")
        many = await answer_to(port, wire(request, (field % b"x") * 4000))
        assert many[:13] in (b"HTTP/1.1 431 ", b"HTTP/1.1 400 ")


async def test_a_head_that_never_ends_is_refused_before_it_fills_the_memory(app: Starlette) -> None:
    async with listening(app) as port:
        assert b" 400 " in (await answer_to(port, b"POST / HTTP/1.1\r\na: " + b"x" * 2 * HEAD_LIMIT))[:20]


async def test_a_crowd_is_not_let_in_and_those_inside_are_answered(app: Starlette) -> None:
    at_once = 3
    async with listening(app, at_once) as port, connected(port) as (reader, writer):
        crowd = [
            await asyncio.open_connection("127.0.0.1", port) for _ in range(3 * CONNECTION_FACTOR * at_once)
        ]
        ends = [asyncio.ensure_future(each.read(1)) for each, _ in crowd]
        await eventually(lambda: sum(not end.done() for end in ends) < CONNECTION_FACTOR * at_once)
        for _, each in crowd:
            each.transport.abort()
        await asyncio.wait(ends)
        writer.write(HEALTHZ)
        assert (await reader.readline()).startswith(b"HTTP/1.1 ")
        assert b" 200 " in (await answer_to(port, HEALTHZ))[:20]
