"""A card nobody paid with is gone after its fifteen minutes, also in a shop where nobody pays."""

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from holdfast.card_vault import KEPT_FOR, CardData, Keyring, SqliteCardVault, open_vault
from services.worker.vault_maintenance import keeping
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


async def test_an_expired_card_is_swept_without_anybody_using_the_vault(tmp_path: Path) -> None:
    clock = LookedAt()
    path = tmp_path / "vault.db"
    vault = SqliteCardVault(path, Keyring.parse(KEYS, "KEYS"), clock=clock)
    await vault.put(CARD)
    async with keeping(vault, OFTEN):
        looks = clock.looks
        await eventually(lambda: clock.looks > looks + 3)
        assert cards_on_disk(path) == 1
        clock.now += KEPT_FOR
        await eventually(lambda: not cards_on_disk(path))


async def test_a_vault_that_is_away_is_swept_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "vault.db"
    vault = SqliteCardVault(path, Keyring.parse(KEYS, "KEYS"), clock=clock)
    await vault.put(CARD)
    clock.now += KEPT_FOR
    folder.rename(tmp_path / "away")
    async with keeping(vault, OFTEN):
        await eventually(lambda: "the card vault does not answer" in caplog.text)
        (tmp_path / "away").rename(folder)
        await eventually(lambda: not cards_on_disk(path))


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What an operator has read so far of a server's settings."""
    return lambda: [line for line in caplog.messages if "the card vault" in line]


async def test_an_operator_is_told_once_of_each_setting_that_keeps_cards(
    tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    with valkey(tmp_path) as server:
        server.client.config_set("save", "3600 1")
        async with keeping(open_vault(server.url, Keyring.parse(KEYS, "KEYS")), OFTEN):
            await eventually(lambda: len(told()) == 1)
            server.client.config_set("maxmemory-policy", "allkeys-lru")
            await eventually(lambda: len(told()) == 2)
            looks = server.client.info("commandstats")["cmdstat_info"]["calls"]
            await eventually(lambda: server.client.info("commandstats")["cmdstat_info"]["calls"] > looks + 20)
        await eventually(lambda: len(server.client.client_list()) == 1)
    assert ["save is '3600 1'" in told()[0], "maxmemory_policy is" in told()[1], len(told())] == [
        True,
        True,
        2,
    ]


async def test_a_server_that_is_away_at_the_start_is_looked_at_when_it_is_there(
    tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    server = ValkeyServer(tmp_path, "--appendonly", "yes")
    async with keeping(open_vault(server.url, Keyring.parse(KEYS, "KEYS")), OFTEN):
        await eventually(lambda: "the card vault does not answer: card vault: ConnectionError" in told())
        server.start()
        try:
            await eventually(lambda: "aof_enabled is 1" in told()[-1])
        finally:
            server.stop()


async def test_a_worker_without_a_vault_sweeps_nothing() -> None:
    async with keeping(None):
        pass
