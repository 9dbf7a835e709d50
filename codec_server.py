"""Process: shows payments in clear to those who may see them, in the Temporal UI and its command line.

It holds the codec keys and talks to nobody: whoever may see sends ciphertext and gets it back in clear.
"""

import asyncio
import logging
import sys

from services.codec_server.app import create_app
from services.codec_server.settings import BIND, CodecSettings
from services.http.server import bound, install_signal_handlers, serve
from services.settings import SettingsError, refusal, settings_or_exit

PROCESS = "codec_server.py"
AT_ONCE = 100
_logger = logging.getLogger("holdfast.codec")


async def run(settings: CodecSettings) -> int:
    """Serve until SIGTERM or SIGINT; requests in flight are answered first. Returns the exit status."""
    try:
        listening = bound(settings.bind, BIND)
    except SettingsError as error:
        return refusal(PROCESS, error)
    host, port = listening.getsockname()[:2]
    _logger.info("listening on %s:%s", host, port)
    await serve(create_app(settings), listening, AT_ONCE)
    return 0


def main() -> int:
    """Run the process: 0 after a signal, 2 when a setting is missing, malformed or cannot be used."""
    settings = settings_or_exit(PROCESS, CodecSettings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    install_signal_handlers()
    return asyncio.run(run(settings))


if __name__ == "__main__":
    sys.exit(main())
