"""Two processes with concurrent operations share one store without losing a lock or a transaction."""

import asyncio
import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.card_vault import CardData, Keyring, open_vault
from tests.support.card_vault.valkey_server import ValkeyServer, valkey

ROOT = Path(__file__).parents[3]
KEYS = "k1:" + base64.b64encode(bytes(32)).decode()
CARD = CardData(cardNo="4054695723100768", cvv="123", expiryMonth="12", expiryYear="39")
ROUNDS, CONCURRENT = 25, 6
PROGRAM = "import sys; from tests.system.processes.test_card_vault_processes import use; use(sys.argv[1])"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ValkeyServer]:
    with valkey(tmp_path) as running:
        yield running


def use(url: str) -> None:
    """Puts, gets and deletes cards concurrently; raises VaultUnavailable when the store fails."""
    vault = open_vault(url, Keyring.parse(KEYS, "KEYS"))

    async def use_once() -> None:
        reference = await vault.put(CARD)
        assert await vault.get(reference) == CARD
        await vault.delete(reference)

    async def use_repeatedly() -> None:
        for _ in range(ROUNDS):
            await asyncio.gather(*(use_once() for _ in range(CONCURRENT)))
        await vault.close()

    asyncio.run(use_repeatedly())


def in_two_processes(url: str) -> list[str]:
    """Runs `use` in two processes; returns what each writes to stderr, resource warnings included."""
    command = [sys.executable, "-W", "always::ResourceWarning", "-c", PROGRAM, url]
    both = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    return errors


def test_two_processes_share_the_sqlite_file(tmp_path: Path) -> None:
    assert in_two_processes(f"sqlite:///{tmp_path}/cards.sqlite3") == ["", ""]


def test_two_processes_share_the_valkey_server(server: ValkeyServer) -> None:
    assert in_two_processes(server.url) == ["", ""]
    assert server.client.dbsize() == 0
