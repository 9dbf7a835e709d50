"""The proxy forwards messages unchanged, and cuts exchanges at the ordered point."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from tests.support.eventually import eventually
from tools.chaos.faults.message import Message, read_message
from tools.chaos.faults.proxy import Cut, Proxy
from tools.local_stack.ports import HOST

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n"
BODY = b"a body that is long enough to have two halves"


@dataclass
class Backend:
    """Records what arrived, whole or in part."""

    name: bytes = b"answer 1"
    whole: list[Message] = field(default_factory=list)
    torn: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await read_message(reader)) is not None:
                self.whole.append(request)
                writer.write(ANSWER + self.name)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            self.torn += 1
        finally:
            writer.close()


@asynccontextmanager
async def listening(*backends: Backend) -> AsyncIterator[Proxy]:
    servers = [await asyncio.start_server(backend.serve, HOST, 0) for backend in backends]
    for backend, server in zip(backends, servers, strict=True):
        backend.port = int(server.sockets[0].getsockname()[1])
    proxy = Proxy([backend.port for backend in backends])
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.close()
        for server in servers:
            server.close()


async def post(proxy: Proxy, http: httpx.AsyncClient) -> httpx.Response:
    return await http.post(f"http://{HOST}:{proxy.port}/path/reference", content=BODY)


async def test_exchanges_pass_unchanged_over_one_connection() -> None:
    backend = Backend()
    async with listening(backend) as proxy, httpx.AsyncClient() as http:
        for _ in range(3):
            assert (await post(proxy, http)).content == b"answer 1"
    assert [request.body for request in backend.whole] == [BODY] * 3
    assert backend.whole[0].target == "/path/reference"
    assert proxy.cut == 0


@pytest.mark.parametrize(
    ("cut", "whole", "torn"),
    [(Cut.BEFORE, 0, 0), (Cut.IN_REQUEST, 0, 1), (Cut.AFTER_REQUEST, 1, 0), (Cut.IN_ANSWER, 1, 0)],
)
async def test_exchange_is_cut_once_at_the_ordered_point(cut: Cut, whole: int, torn: int) -> None:
    backend = Backend()
    async with listening(backend) as proxy, httpx.AsyncClient() as http:
        proxy.cut_next(cut, 1)
        with pytest.raises(httpx.RequestError):
            await post(proxy, http)
        await eventually(lambda: (len(backend.whole), backend.torn, proxy.cut) == (whole, torn, 1))
        assert (await post(proxy, http)).content == b"answer 1"
        assert (len(backend.whole), backend.torn, proxy.cut) == (whole + 1, torn, 1)


async def test_cut_in_the_response_comes_after_its_first_half() -> None:
    async with listening(Backend()) as proxy:
        proxy.cut_next(Cut.IN_ANSWER, 1)
        reader, writer = await asyncio.open_connection(HOST, proxy.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await reader.readexactly(len(ANSWER) + 4) == ANSWER + b"answ"
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(1)
        writer.close()


async def test_clear_forgets_the_ordered_cuts() -> None:
    async with listening(Backend()) as proxy, httpx.AsyncClient() as http:
        proxy.cut_next(Cut.BEFORE, 100)
        proxy.clear()
        assert (await post(proxy, http)).is_success


async def test_backends_take_turns_and_one_that_does_not_listen_is_skipped() -> None:
    first, second = Backend(b"answer 1"), Backend(b"answer 2")
    async with listening(first, second) as proxy, httpx.AsyncClient() as http:
        assert [(await post(proxy, http)).content[-1:] for _ in range(4)] == [b"1", b"2", b"1", b"2"]
    unreachable = Proxy([1, 1])
    await unreachable.open()
    async with httpx.AsyncClient() as http:
        assert (await post(unreachable, http)).status_code == 503
    await unreachable.close()


async def test_proxy_listens_again_on_the_same_port_after_refuse() -> None:
    async with listening(Backend()) as proxy, httpx.AsyncClient() as http:
        port = proxy.port
        proxy.refuse()
        with pytest.raises(httpx.ConnectError):
            await post(proxy, http)
        await proxy.open()
        await proxy.open()
        assert proxy.port == port
        assert (await post(proxy, http)).is_success


async def test_listener_receives_whole_requests_alone() -> None:
    received: list[Message] = []
    backend = Backend()
    async with listening(backend) as direct, httpx.AsyncClient() as http:
        proxy = Proxy([direct.port], received.append)
        await proxy.open()
        proxy.cut_next(Cut.IN_REQUEST, 1)
        with pytest.raises(httpx.RequestError):
            await post(proxy, http)
        await post(proxy, http)
        await proxy.close()
    assert [message.body for message in received] == [BODY]


async def test_bytes_that_are_not_http_end_the_connection() -> None:
    async with listening(Backend()) as proxy:
        reader, writer = await asyncio.open_connection(HOST, proxy.port)
        writer.write(b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n")
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(1)
        writer.close()
