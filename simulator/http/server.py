"""Serves a `Simulator` over HTTP, inside a test or as a process."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

from simulator.http.app import create_app
from simulator.simulation import Simulator

__all__ = ["Simulator", "running", "serving"]

EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - addresses to recognise, not to bind


class _Server(uvicorn.Server):
    """A server that leaves the signal handlers of its process unchanged."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Installs no signal handler."""
        yield


@contextlib.asynccontextmanager
async def running(simulator: Simulator, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serves until the end of the block, and yields the base URL. Port 0 selects a free port.

    Background tasks end with the block; the state is kept. Raises OSError where the port is in use.
    """
    async with serving(create_app(simulator), host, port) as base_url:
        simulator.base_url = base_url
        try:
            yield base_url
        finally:
            await simulator.stop()


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serves an ASGI application under uvicorn until the end of the block, and yields its base URL."""
    listening = _listen(host, port)
    base_url = _url(host, listening.getsockname()[1])
    server = _Server(_config(app))
    task = asyncio.create_task(server.serve([listening]))
    try:
        await _wait_until_started(server, task)
        yield base_url
    finally:
        server.should_exit = True
        await task


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        http="h11",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where the protocol is given; without it each answer is 40 ms late
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, OverflowError):
        listening.close()
        raise
    return listening


def _url(host: str, port: int) -> str:
    shown = EVERY_ADDRESS.get(host) or (f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


async def _wait_until_started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    while not server.started:
        if task.done():
            await task
            raise RuntimeError("the server did not start")
        await asyncio.sleep(0.005)
