"""Process: receives the gateway's notifications and hands each to its workflow (`services.webhook.app`).

It starts without Temporal and answers 503 until Temporal is there, so that the gateway sends again.
"""

import asyncio
import logging

from holdfast.temporal.connection import TemporalSettingsError, connect
from services.accounts.registry import AccountRegistry, kept_current
from services.http.server import bound, install_signal_handlers, serve
from services.process_exit import leave
from services.settings import Settings, SettingsError, refusal, settings_or_exit
from services.webhook.app import create_app

PROCESS = "webhook.py"
AT_ONCE = 1000
_logger = logging.getLogger("holdfast.webhook")


async def run(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; requests in flight are answered first. Returns the exit status."""
    try:
        client = await connect(settings.holdfast_codec_keys, lazy=True)
        listening = bound(settings.webhook_bind, "HOLDFAST_WEBHOOK_BIND")
    except (TemporalSettingsError, SettingsError) as error:
        return refusal(PROCESS, error)
    host, port = listening.getsockname()[:2]
    _logger.info("listening on %s:%s%s", host, port, settings.notify_path)
    book = AccountRegistry(settings.accounts)
    async with kept_current(book):
        await serve(create_app(settings, client, accounts=book), listening, AT_ONCE)
    return 0


def main() -> int:
    """Run the process: 0 after a signal, 2 when a setting is missing, malformed or cannot be used."""
    settings = settings_or_exit(PROCESS, Settings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    install_signal_handlers()
    return asyncio.run(run(settings))


if __name__ == "__main__":
    leave(main())
