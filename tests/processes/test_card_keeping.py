"""A card nobody paid with is gone after its fifteen minutes, also in a shop where nobody pays."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from card_vault import KEPT_FOR, CardData, Keyring, SqliteCardVault
from processes.card_keeping import keeping

CARD = CardData(cardNo="4054695723100768", cvv="737", expiryMonth="12", expiryYear="29")
KEYS = "k1:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
OFTEN = timedelta(milliseconds=10)


def cards_on_disk(path: Path) -> int:
    with sqlite3.connect(path) as db:
        return int(db.execute("SELECT count(*) FROM card").fetchone()[0])


async def test_an_expired_card_is_swept_without_anybody_using_the_vault(tmp_path: Path) -> None:
    now = [datetime(2026, 11, 23, 12, tzinfo=UTC)]
    path = tmp_path / "vault.db"
    vault = SqliteCardVault(path, Keyring.parse(KEYS, "KEYS"), clock=lambda: now[0])
    await vault.put(CARD)
    async with keeping(vault, OFTEN):
        await asyncio.sleep(0.1)
        assert cards_on_disk(path) == 1
        now[0] += KEPT_FOR
        async with asyncio.timeout(10):
            while cards_on_disk(path):  # noqa: ASYNC110 - another task does it, and tells nobody
                await asyncio.sleep(0.01)


async def test_a_vault_that_is_away_is_swept_when_it_is_back(tmp_path: Path) -> None:
    now = [datetime(2026, 11, 23, 12, tzinfo=UTC)]
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "vault.db"
    vault = SqliteCardVault(path, Keyring.parse(KEYS, "KEYS"), clock=lambda: now[0])
    await vault.put(CARD)
    now[0] += KEPT_FOR
    folder.rename(tmp_path / "away")
    async with keeping(vault, OFTEN):
        await asyncio.sleep(0.1)
        (tmp_path / "away").rename(folder)
        async with asyncio.timeout(10):
            while cards_on_disk(path):  # noqa: ASYNC110 - another task does it, and tells nobody
                await asyncio.sleep(0.01)


async def test_a_worker_without_a_vault_sweeps_nothing() -> None:
    async with keeping(None):
        pass
