"""What is different while the scenarios are scanned: payloads are encrypted, databases are files, and every
server is searched before it ends.
"""

import os
import secrets
from pathlib import Path

from temporalio.client import Client

from tests.support.leaks.temporal_store import everything, leaks_of
from tests.system.leaks.verbose import tell_every_exception

SCAN = "SCAN_FOR_LEAKS"
"""The environment variable that names the folder in which databases and logs are kept for the scan."""
FOUND = "found.txt"
"""The file in that folder: a line for each finding at a server, and one that says how much was searched."""
CODEC_KEY = "k1:" + "MDEyMzQ1QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="


def folder() -> Path | None:
    """Where a scan looks afterwards; None while nothing is scanned."""
    return Path(os.environ[SCAN]) if SCAN in os.environ else None


def codec_keys() -> str | None:
    """The key of what Temporal stores; None while nothing is scanned."""
    return CODEC_KEY if SCAN in os.environ else None


def database_options() -> list[str]:
    """Options of a development server that keeps its database in the folder of the scan."""
    kept = folder()
    if kept is None:
        return []
    pragmas = ("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=OFF")
    return ["--db-filename", str(kept / f"temporal-{secrets.token_hex(4)}.db"), *pragmas]


def tell_exceptions() -> None:
    """Write down every exception that passes a line of ours, whoever catches it; nothing while nothing is
    scanned.
    """
    kept = folder()
    if kept is not None:
        tell_every_exception(os.open(kept / "exceptions.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))


async def search(client: Client) -> None:
    """Search everything that a server holds, and write down what was found; nothing while nothing is
    scanned.
    """
    kept = folder()
    if kept is None:
        return
    codec, messages = client.data_converter.payload_codec, 0
    with (kept / FOUND).open("a") as found:
        async for held in everything(client):
            messages += 1
            for finding in await leaks_of(held, codec):
                found.write(f"{finding}\n")
        found.write(f"searched {messages} messages\n")
