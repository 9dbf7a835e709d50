"""The webhook behind a real socket with the limits of production, and connections to it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from services.http.server import server_config
from tests.support.eventually import eventually

RESPONSE_WITHIN = 12.0
"""Seconds; less than the fifteen that a body may take."""


@asynccontextmanager
async def listening(app: Starlette, at_once: int = 1000) -> AsyncIterator[int]:
    """Yields the port on which the application is served until the end of the block."""
    server = uvicorn.Server(server_config(app, at_once))
    with socket.create_server(("127.0.0.1", 0)) as port:
        task = asyncio.create_task(server.serve(sockets=[port]))
        await eventually(lambda: server.started)
        try:
            yield int(port.getsockname()[1])
        finally:
            server.should_exit = True
            await task


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Yields one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def rest_of(reader: asyncio.StreamReader) -> bytes:
    """Reads until the server closes the connection. Raises TimeoutError when it does not."""
    received = b""
    try:
        async with asyncio.timeout(RESPONSE_WITHIN):
            while chunk := await reader.read(65_536):
                received += chunk
    except ConnectionError:
        pass
    return received


async def answer_to(port: int, content: bytes) -> bytes:
    """Returns the response to these bytes, after which the client closes its side."""
    async with connected(port) as (reader, writer):
        try:
            writer.write(content)
            writer.write_eof()
        except (ConnectionError, OSError):
            return b""
        return await rest_of(reader)
