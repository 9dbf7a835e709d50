"""A process that serves HTTP until a signal, and ends in order."""

import signal
import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from services.http.connection import HEAD_LIMIT, GuardedConnection, ShortHeads
from services.settings import SettingsError

GRACE_SECONDS = 20
"""Longer than any request may take, so that none is cut off by a deployment."""


def bound(bind: tuple[str, int], variable: str) -> socket.socket:
    """A listening socket. Raises SettingsError that names `variable` when the address cannot be had."""
    family = socket.AF_INET6 if ":" in bind[0] else socket.AF_INET
    try:
        return socket.create_server(bind, family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(variable, f"cannot be bound: {reason}") from None


async def serve(app: Starlette, listening: socket.socket, at_once: int) -> None:
    """Serve until SIGTERM or SIGINT, `at_once` requests at the most; those in flight are answered first."""
    with listening:
        await uvicorn.Server(server_config(app, at_once)).serve(sockets=[listening])


def server_config(app: Starlette, at_once: int) -> uvicorn.Config:
    """How an application is served to whoever connects."""
    return uvicorn.Config(
        ShortHeads(app),
        http=GuardedConnection,
        ws="none",
        h11_max_incomplete_event_size=HEAD_LIMIT,
        log_config=None,
        access_log=False,
        server_header=False,
        # the peer is who connects, whatever a header says
        proxy_headers=False,
        limit_concurrency=at_once,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


async def healthz(_: Request) -> Response:
    """The process lives."""
    return Response(status_code=200)


def install_signal_handlers() -> None:
    """Uvicorn raises the signal again when it is done: that is an end in order, not a failure."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
