"""A small TCP proxy for HTTP/1.1: between workers and gateway, and between gateway and webhooks.

It passes one exchange after the other, to each of its backends in turn, and cuts connections where it was
told to. A backend that does not listen is passed over, as a load balancer would.
"""

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum

from tools.chaos.faults.message import Message, NotHttp, read_message

HOST = "127.0.0.1"
_NOBODY = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"

Tap = Callable[[Message], None]


class Cut(StrEnum):
    """Where an exchange ends before its time."""

    BEFORE = "before the request"
    IN_REQUEST = "in the request"
    AFTER_REQUEST = "after the request"
    IN_ANSWER = "in the answer"


class _CutHere(Exception):
    """The exchange ends now."""


class Proxy:
    """Listens on `port` of the loopback interface once it was opened; `tap` sees every whole request."""

    def __init__(self, backends: Sequence[int], tap: Tap | None = None) -> None:
        self._backends = itertools.cycle(backends)
        self._number = len(backends)
        self._tap = tap
        self._orders: deque[Cut] = deque()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0
        self.cut = 0
        """How many exchanges were cut."""

    async def open(self) -> None:
        """Listen, unless it does; on the same port as before, where it has listened before."""
        if self._server is not None and self._server.is_serving():
            return
        self._server = await asyncio.start_server(self._connected, HOST, self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def refuse(self) -> None:
        """Listen no more; what is connected stays so."""
        if self._server is not None:
            self._server.close()

    async def close(self) -> None:
        """Listen no more, and cut what is connected."""
        self.refuse()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def order(self, cut: Cut, times: int) -> None:
        """Cut so many of the next exchanges."""
        self._orders.extend([cut] * times)

    def calm(self) -> None:
        """Cut nothing any more."""
        self._orders.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - streams run their callback as a task
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            while (request := await read_message(reader)) is not None:
                await self._exchange(request, writer)
        except (OSError, asyncio.IncompleteReadError, NotHttp, _CutHere, asyncio.CancelledError):
            # streams complain aloud of a callback that was cancelled, which is how `close` ends it
            pass
        finally:
            writer.transport.abort()

    async def _exchange(self, request: Message, client: asyncio.StreamWriter) -> None:
        cut = self._orders.popleft() if self._orders else None
        self._end_if(cut is Cut.BEFORE)
        if self._tap is not None and cut is not Cut.IN_REQUEST:
            self._tap(request)
        backend = await self._backend()
        if backend is None:
            client.write(_NOBODY)
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
            # aborting at once would throw away what the kernel has not sent
            await asyncio.sleep(0.02)
        self._end_if(half)

    async def _answer(
        self, reader: asyncio.StreamReader, client: asyncio.StreamWriter, cut: Cut | None
    ) -> None:
        answer = await read_message(reader)
        if answer is None:
            raise _CutHere
        self._end_if(cut is Cut.AFTER_REQUEST)
        client.write(answer.first_half if cut is Cut.IN_ANSWER else answer.raw)
        await client.drain()
        if cut is Cut.IN_ANSWER:
            await asyncio.sleep(0.02)
        self._end_if(cut is Cut.IN_ANSWER)

    def _end_if(self, here: bool) -> None:
        if here:
            self.cut += 1
            raise _CutHere

    async def _backend(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in range(self._number):
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(HOST, next(self._backends))
        return None
