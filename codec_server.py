"""The codec server process, which decrypts payloads for authorized users of the Temporal UI and its CLI.

It has the codec keys and no connection to Temporal: a user's browser or command sends it the payloads.
"""

import asyncio
import logging
import sys

from holdfast.settings.errors import SettingsError
from services.codec_server.app import create_app
from services.codec_server.settings import BIND, CodecSettings
from services.http.server import install_signal_handlers, listen, serve
from services.settings_reading import settings_or_exit
from services.startup_error import startup_error

PROCESS = "codec_server.py"
AT_ONCE = 100
"""The number of requests that are handled at once."""
_logger = logging.getLogger("holdfast.codec")


async def run(settings: CodecSettings) -> int:
    """Serves until SIGTERM or SIGINT, and answers the running requests. Returns the exit status."""
    try:
        listening = listen(settings.bind, BIND)
    except SettingsError as error:
        return startup_error(PROCESS, error)
    host, port = listening.getsockname()[:2]
    _logger.info("listening on %s:%s", host, port)
    await serve(create_app(settings), listening, AT_ONCE)
    return 0


def main() -> int:
    """Runs the process. Returns 0 after a signal, and 2 when a setting cannot be used."""
    settings = settings_or_exit(PROCESS, CodecSettings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    install_signal_handlers()
    return asyncio.run(run(settings))


if __name__ == "__main__":
    sys.exit(main())
