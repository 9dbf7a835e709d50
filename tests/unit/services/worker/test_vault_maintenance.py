"""Expired card data is deleted, and unsafe settings of the vault's server are logged, while no one pays."""

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from holdfast.card_vault import ENTRY_LIFETIME, CardData, Keyring, SqliteCardVault, open_vault
from services.worker.vault_maintenance import vault_maintenance
from tests.support.card_vault.cards import Clock
from tests.support.card_vault.valkey_server import ValkeyServer, valkey
from tests.support.eventually import eventually

CARD = CardData(cardNo="4054695723100768", cvv="737", expiryMonth="12", expiryYear="29")
KEYS = "k1:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
OFTEN = timedelta(milliseconds=10)


class LookedAt(Clock):
    """Counts how often a vault asked for the time: once in each sweep, at least."""

    looks = 0

    def __call__(self) -> datetime:
        self.looks += 1
        return super().__call__()


def cards_on_disk(path: Path) -> int:
    with sqlite3.connect(path) as db:
        return int(db.execute("SELECT count(*) FROM card").fetchone()[0])


async def test_expired_card_is_deleted_while_the_vault_is_unused(tmp_path: Path) -> None:
    clock = LookedAt()
    path = tmp_path / "vault.db"
    vault = SqliteCardVault(path, Keyring.parse(KEYS, "KEYS"), clock=clock)
    await vault.put(CARD)
    async with vault_maintenance(vault, OFTEN):
        looks = clock.looks
        await eventually(lambda: clock.looks > looks + 3)
        assert cards_on_disk(path) == 1
        clock.now += ENTRY_LIFETIME
        await eventually(lambda: not cards_on_disk(path))


async def test_unavailable_vault_is_swept_after_it_returns(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "vault.db"
    vault = SqliteCardVault(path, Keyring.parse(KEYS, "KEYS"), clock=clock)
    await vault.put(CARD)
    clock.now += ENTRY_LIFETIME
    folder.rename(tmp_path / "moved")
    async with vault_maintenance(vault, OFTEN):
        await eventually(lambda: "the card vault does not answer" in caplog.text)
        (tmp_path / "moved").rename(folder)
        await eventually(lambda: not cards_on_disk(path))


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Returns the messages about the card vault that were logged so far."""
    return lambda: [line for line in caplog.messages if "the card vault" in line]


async def test_each_unsafe_server_setting_is_logged_once(
    tmp_path: Path, logged: Callable[[], list[str]]
) -> None:
    with valkey(tmp_path) as server:
        server.client.config_set("save", "3600 1")
        async with vault_maintenance(open_vault(server.url, Keyring.parse(KEYS, "KEYS")), OFTEN):
            await eventually(lambda: len(logged()) == 1)
            server.client.config_set("maxmemory-policy", "allkeys-lru")
            await eventually(lambda: len(logged()) == 2)
            looks = server.client.info("commandstats")["cmdstat_info"]["calls"]
            await eventually(lambda: server.client.info("commandstats")["cmdstat_info"]["calls"] > looks + 20)
        await eventually(lambda: len(server.client.client_list()) == 1)
    assert ["save is '3600 1'" in logged()[0], "maxmemory_policy is" in logged()[1], len(logged())] == [
        True,
        True,
        2,
    ]


async def test_server_that_starts_later_is_checked_once_it_answers(
    tmp_path: Path, logged: Callable[[], list[str]]
) -> None:
    server = ValkeyServer(tmp_path, "--appendonly", "yes")
    async with vault_maintenance(open_vault(server.url, Keyring.parse(KEYS, "KEYS")), OFTEN):
        await eventually(lambda: "the card vault does not answer: card vault: ConnectionError" in logged())
        server.start()
        try:
            await eventually(lambda: "aof_enabled is 1" in logged()[-1])
        finally:
            server.stop()


async def test_maintenance_without_vault_does_nothing() -> None:
    async with vault_maintenance(None):
        pass
