"""What is true of the vault's file alone."""

import os
import stat
from pathlib import Path

import pytest

from holdfast.card_vault import ENTRY_LIFETIME, CardUnreadable, CardVault, SqliteCardVault, VaultUnavailable
from tests.support.card_vault.cards import CARD, KEY_A, Clock, keys
from tests.support.card_vault.stores import SqliteStore
from tests.unit.holdfast.card_vault.conftest import Open


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "vault.db")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_the_file_is_for_its_owner_alone(vault: CardVault, store: SqliteStore) -> None:
    await vault.put(CARD)
    assert mode(store.path) == 0o600
    os.chmod(store.path, 0o644)
    await vault.put(CARD)
    assert mode(store.path) == 0o600


async def test_a_put_sweeps_what_has_expired(vault: CardVault, store: SqliteStore, clock: Clock) -> None:
    await vault.put(CARD)
    clock.now += ENTRY_LIFETIME
    kept = await vault.put(CARD)
    assert store.references() == {kept}


async def test_an_expired_row_is_gone_from_the_file_once_anybody_looks(
    open_vault_with: Open, store: SqliteStore, clock: Clock
) -> None:
    await open_vault_with(KEY_A).put(CARD)
    clock.now += ENTRY_LIFETIME
    await open_vault_with(KEY_A).sweep()
    assert store.references() == set()


async def test_a_row_of_another_type_does_not_open(vault: CardVault, store: SqliteStore) -> None:
    reference = await vault.put(CARD)
    store.execute("UPDATE card SET box = 12")
    with pytest.raises(CardUnreadable):
        await vault.get(reference)


async def test_a_store_that_does_not_answer_is_told_apart(tmp_path: Path) -> None:
    vault = SqliteCardVault(tmp_path / "missing" / "vault.db", keys(KEY_A))
    with pytest.raises(VaultUnavailable):
        await vault.put(CARD)
