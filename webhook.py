"""Process: receives the gateway's notifications and hands each to its workflow (`processes.receiver`).

It starts without Temporal and answers 503 until Temporal is there, so that the gateway sends again.
"""

import asyncio
import logging
import signal
import socket
import sys

import uvicorn

from payments.temporal import TemporalSettingsError, connect
from processes.receiver import create_app
from processes.settings import Settings, SettingsError, refusal, settings_or_exit

PROCESS = "webhook.py"
GRACE_SECONDS = 20
"""Longer than any request may take, so that none is cut off by a deployment."""
_logger = logging.getLogger("holdfast.webhook")


async def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; requests in flight are answered first. Returns the exit status."""
    try:
        client = await connect(settings.holdfast_codec_keys, lazy=True)
        listening = _bound(*settings.webhook_bind)
    except (TemporalSettingsError, SettingsError) as error:
        return refusal(PROCESS, error)
    config = uvicorn.Config(
        create_app(settings, client),
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=1000,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    host, port = listening.getsockname()[:2]
    _logger.info("listening on %s:%s%s", host, port, settings.notify_path)
    with listening:
        await uvicorn.Server(config).serve(sockets=[listening])
    return 0


def _bound(host: str, port: int) -> socket.socket:
    """A listening socket. Raises SettingsError when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError("HOLDFAST_WEBHOOK_BIND", f"cannot be bound: {reason}") from None


def main() -> int:
    """Run the process: 0 after a signal, 2 when a setting is missing, malformed or cannot be used."""
    settings = settings_or_exit(PROCESS)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again when it is done: that is an end in order, not a failure
        signal.signal(number, lambda *_: sys.exit(0))
    return asyncio.run(serve(settings))


if __name__ == "__main__":
    sys.exit(main())
