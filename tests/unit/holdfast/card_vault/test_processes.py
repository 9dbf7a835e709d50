"""Two processes, many at once in each, one store: nobody's lock is lost, nobody's transaction undone."""

import asyncio
import base64
import subprocess
import sys
from pathlib import Path

from holdfast.card_vault import CardData, Keyring, open_vault
from tests.support.card_vault.valkey_server import ValkeyServer

ROOT = Path(__file__).parents[4]
KEYS = "k1:" + base64.b64encode(bytes(32)).decode()
CARD = CardData(cardNo="4054695723100768", cvv="123", expiryMonth="12", expiryYear="39")
ROUNDS, AT_ONCE = 25, 6
OTHER = "import sys; from tests.unit.holdfast.card_vault.test_processes import use; use(sys.argv[1])"


def use(url: str) -> None:
    """Put, open and delete cards for a while; raises VaultUnavailable when the store fails."""
    vault = open_vault(url, Keyring.parse(KEYS, "KEYS"))

    async def one() -> None:
        reference = await vault.put(CARD)
        assert await vault.get(reference) == CARD
        await vault.delete(reference)

    async def all_of_them() -> None:
        for _ in range(ROUNDS):
            await asyncio.gather(*(one() for _ in range(AT_ONCE)))
        await vault.close()

    asyncio.run(all_of_them())


def in_two_processes(url: str) -> list[str]:
    """What each of two says at its end: nothing, not even of something left open."""
    command = [sys.executable, "-W", "always::ResourceWarning", "-c", OTHER, url]
    both = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    return errors


def test_a_shop_and_a_worker_share_the_file(tmp_path: Path) -> None:
    assert in_two_processes(f"sqlite:///{tmp_path}/cards.sqlite3") == ["", ""]


def test_a_shop_and_a_worker_share_the_server(server: ValkeyServer) -> None:
    assert in_two_processes(server.url) == ["", ""]
    assert server.client.dbsize() == 0
