"""A small TCP proxy for HTTP/1.1: between workers and gateway, and between gateway and webhooks.

It forwards one exchange after the other, to each of its backends in turn, and cuts connections on request. It
skips a backend that does not listen, as a load balancer does.
"""

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum

from tools.chaos.faults.message import Message, NotHttp, read_message
from tools.local_stack.ports import HOST

_NO_BACKEND = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"

RequestListener = Callable[[Message], None]


class Cut(StrEnum):
    """The point at which an exchange is cut."""

    BEFORE = "before the request"
    IN_REQUEST = "in the request"
    AFTER_REQUEST = "after the request"
    IN_ANSWER = "in the answer"


class _ExchangeCut(Exception):
    """The exchange ends here."""


class Proxy:
    """Listens on `port` of the loopback interface once it is open; `listener` receives whole requests."""

    def __init__(self, backends: Sequence[int], listener: RequestListener | None = None) -> None:
        self._backends = itertools.cycle(backends)
        self._number = len(backends)
        self._listener = listener
        self._cuts: deque[Cut] = deque()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0
        self.cut = 0
        """The number of exchanges that were cut."""

    async def open(self) -> None:
        """Listens, on the port of the last time; does nothing while it listens."""
        if self._server is not None and self._server.is_serving():
            return
        self._server = await asyncio.start_server(self._connected, HOST, self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def refuse(self) -> None:
        """Stops listening; open connections stay open."""
        if self._server is not None:
            self._server.close()

    async def close(self) -> None:
        """Stops listening and closes open connections."""
        self.refuse()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def cut_next(self, cut: Cut, times: int) -> None:
        """Cuts so many of the next exchanges."""
        self._cuts.extend([cut] * times)

    def clear(self) -> None:
        """Forgets the cuts that were ordered."""
        self._cuts.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - streams run their callback as a task
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            while (request := await read_message(reader)) is not None:
                await self._exchange(request, writer)
        except (OSError, asyncio.IncompleteReadError, NotHttp, _ExchangeCut, asyncio.CancelledError):
            # asyncio logs the cancellation of a stream callback as an error, and `close` cancels it
            pass
        finally:
            writer.transport.abort()

    async def _exchange(self, request: Message, client: asyncio.StreamWriter) -> None:
        cut = self._cuts.popleft() if self._cuts else None
        self._cut_if(cut is Cut.BEFORE)
        if self._listener is not None and cut is not Cut.IN_REQUEST:
            self._listener(request)
        backend = await self._backend()
        if backend is None:
            client.write(_NO_BACKEND)
            await client.drain()
            return
        reader, writer = backend
        try:
            await self._send(request, writer, cut)
            await self._answer(reader, client, cut)
        finally:
            writer.transport.abort()

    async def _send(self, request: Message, writer: asyncio.StreamWriter, cut: Cut | None) -> None:
        half = cut is Cut.IN_REQUEST
        writer.write(request.first_half if half else request.raw)
        await writer.drain()
        if half:
            # an immediate abort would discard what the kernel has not sent
            await asyncio.sleep(0.02)
        self._cut_if(half)

    async def _answer(
        self, reader: asyncio.StreamReader, client: asyncio.StreamWriter, cut: Cut | None
    ) -> None:
        answer = await read_message(reader)
        if answer is None:
            raise _ExchangeCut
        self._cut_if(cut is Cut.AFTER_REQUEST)
        client.write(answer.first_half if cut is Cut.IN_ANSWER else answer.raw)
        await client.drain()
        if cut is Cut.IN_ANSWER:
            await asyncio.sleep(0.02)
        self._cut_if(cut is Cut.IN_ANSWER)

    def _cut_if(self, is_here: bool) -> None:
        if is_here:
            self.cut += 1
            raise _ExchangeCut

    async def _backend(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in range(self._number):
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(HOST, next(self._backends))
        return None
