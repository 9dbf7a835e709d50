"""The vault in a SQLite file: permissions, expiry and errors of the file."""

import os
import stat
from pathlib import Path

import pytest

from holdfast.card_vault import ENTRY_LIFETIME, CardUnreadable, CardVault, SqliteCardVault, VaultUnavailable
from tests.support.card_vault.cards import CARD, KEY_A, Clock, keys
from tests.support.card_vault.stores import SqliteStore
from tests.unit.holdfast.card_vault.conftest import OpenVault


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "vault.db")


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_file_is_accessible_to_its_owner_only(vault: CardVault, store: SqliteStore) -> None:
    await vault.put(CARD)
    assert permissions(store.path) == 0o600
    os.chmod(store.path, 0o644)
    await vault.put(CARD)
    assert permissions(store.path) == 0o600


async def test_put_deletes_expired_entries(vault: CardVault, store: SqliteStore, clock: Clock) -> None:
    await vault.put(CARD)
    clock.now += ENTRY_LIFETIME
    kept = await vault.put(CARD)
    assert store.references() == {kept}


async def test_sweep_deletes_expired_rows(
    open_vault_with: OpenVault, store: SqliteStore, clock: Clock
) -> None:
    await open_vault_with(KEY_A).put(CARD)
    clock.now += ENTRY_LIFETIME
    await open_vault_with(KEY_A).sweep()
    assert store.references() == set()


async def test_row_of_another_type_is_unreadable(vault: CardVault, store: SqliteStore) -> None:
    reference = await vault.put(CARD)
    store.execute("UPDATE card SET box = 12")
    with pytest.raises(CardUnreadable):
        await vault.get(reference)


async def test_missing_folder_is_vault_unavailable(tmp_path: Path) -> None:
    vault = SqliteCardVault(tmp_path / "missing" / "vault.db", keys(KEY_A))
    with pytest.raises(VaultUnavailable):
        await vault.put(CARD)
