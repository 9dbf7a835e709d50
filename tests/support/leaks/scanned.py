"""The differences while scenarios are scanned.

Payloads are encrypted, databases are files, and every server is searched before it ends.
"""

import os
import secrets
from pathlib import Path

from temporalio.client import Client

from tests.support.leaks.temporal_store import everything, leaks_of
from tests.system.leaks.verbose import log_every_exception

SCAN = "SCAN_FOR_LEAKS"
"""The environment variable with the folder in which databases and logs are kept for the scan."""
FOUND = "found.txt"
"""The file in that folder: a line for each finding at a server, and one with the amount searched."""
CODEC_KEY = "k1:" + "MDEyMzQ1QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="


def folder() -> Path | None:
    """Returns the folder of the scan; None without a scan."""
    return Path(os.environ[SCAN]) if SCAN in os.environ else None


def codec_keys() -> str | None:
    """Returns the codec key; None without a scan."""
    return CODEC_KEY if SCAN in os.environ else None


def database_options() -> list[str]:
    """Returns the options of a development server whose database is in the folder of the scan."""
    kept = folder()
    if kept is None:
        return []
    pragmas = ("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=OFF")
    return ["--db-filename", str(kept / f"temporal-{secrets.token_hex(4)}.db"), *pragmas]


def log_exceptions() -> None:
    """Logs every exception that passes our code, caught or not; does nothing without a scan."""
    kept = folder()
    if kept is not None:
        log_every_exception(os.open(kept / "exceptions.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))


async def search(client: Client) -> None:
    """Searches everything in a server and writes the findings; does nothing without a scan."""
    kept = folder()
    if kept is None:
        return
    codec, messages = client.data_converter.payload_codec, 0
    with (kept / FOUND).open("a") as found:
        async for message in everything(client):
            messages += 1
            for finding in await leaks_of(message, codec):
                found.write(f"{finding}\n")
        found.write(f"searched {messages} messages\n")
