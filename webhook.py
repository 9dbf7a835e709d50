"""The webhook process, which receives the gateway's notifications and delivers them to their workflows.

It starts without Temporal, and answers 503 until Temporal can be reached, so that the gateway sends again.
"""

import asyncio
import logging

from holdfast.errors import TemporalSettingsError
from holdfast.settings.errors import SettingsError
from holdfast.settings.names import WEBHOOK_BIND
from holdfast.temporal.connection import connect
from holdfast.temporal.process_exit import exit_without_teardown
from services.accounts.registry import AccountRegistry, reload_on_change
from services.http.server import install_signal_handlers, listen, serve
from services.settings import Settings
from services.settings_reading import settings_or_exit
from services.startup_error import startup_error
from services.webhook.app import create_app

PROCESS = "webhook.py"
AT_ONCE = 1000
"""The number of requests that are handled at once."""
_logger = logging.getLogger("holdfast.webhook")


async def run(settings: Settings) -> int:
    """Serves until SIGTERM or SIGINT, and answers the running requests. Returns the exit status."""
    try:
        client = await connect(settings.holdfast_codec_keys, lazy=True)
        listening = listen(settings.webhook_bind, WEBHOOK_BIND)
    except (TemporalSettingsError, SettingsError) as error:
        return startup_error(PROCESS, error)
    host, port = listening.getsockname()[:2]
    _logger.info("listening on %s:%s%s", host, port, settings.notify_path)
    registry = AccountRegistry(settings.accounts)
    async with reload_on_change(registry):
        await serve(create_app(settings, client, accounts=registry), listening, AT_ONCE)
    return 0


def main() -> int:
    """Runs the process. Returns 0 after a signal, and 2 when a setting cannot be used."""
    settings = settings_or_exit(PROCESS, Settings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    install_signal_handlers()
    return asyncio.run(run(settings))


if __name__ == "__main__":
    exit_without_teardown(main())
