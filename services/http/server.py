"""Serves an ASGI application over HTTP until a signal, and finishes the running requests then."""

import signal
import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from holdfast.settings.errors import SettingsError
from services.http.connection import HEAD_LIMIT, HeaderSizeLimit, LimitedConnection

GRACE_SECONDS = 20
"""The time in which running requests finish at the end, longer than any request may take."""


def listen(bind: tuple[str, int], variable: str) -> socket.socket:
    """Opens a listening socket.

    Args:
        bind: Host and port.
        variable: The setting that holds them.

    Raises:
        SettingsError: The address cannot be bound. The message names `variable`.
    """
    family = socket.AF_INET6 if ":" in bind[0] else socket.AF_INET
    try:
        return socket.create_server(bind, family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(variable, f"cannot be bound: {reason}") from None


async def serve(app: Starlette, listening: socket.socket, at_once: int) -> None:
    """Serves until SIGTERM or SIGINT, at most `at_once` requests at a time. Running requests are answered."""
    with listening:
        await uvicorn.Server(server_config(app, at_once)).serve(sockets=[listening])


def server_config(app: Starlette, at_once: int) -> uvicorn.Config:
    """Returns uvicorn's configuration for an application that is reachable by untrusted clients."""
    return uvicorn.Config(
        HeaderSizeLimit(app),
        http=LimitedConnection,
        ws="none",
        h11_max_incomplete_event_size=HEAD_LIMIT,
        log_config=None,
        access_log=False,
        server_header=False,
        # the client address is that of the connection, and headers cannot change it
        proxy_headers=False,
        limit_concurrency=at_once,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


async def healthz(_: Request) -> Response:
    """Answers 200 while the process runs."""
    return Response(status_code=200)


def install_signal_handlers() -> None:
    """Makes SIGTERM and SIGINT end the process with status 0.

    Uvicorn raises the signal again after its graceful shutdown, which would otherwise look like a failure.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
