"""A full disk keeps no used or expired card in the vault's file (PCI DSS 3.3.1)."""

import sqlite3
from pathlib import Path

import pytest

from holdfast.card_vault import (
    ENTRY_LIFETIME,
    CardNotFound,
    CardUnreadable,
    SqliteCardVault,
    VaultUnavailable,
)
from tests.support.card_vault.cards import CARD, KEY_A, Clock, keys
from tests.support.card_vault.full_disk import full_disk
from tests.support.card_vault.stores import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "vault.db")


@pytest.fixture
def vault(store: SqliteStore, clock: Clock) -> SqliteCardVault:
    return SqliteCardVault(store.path, keys(KEY_A), clock)


async def _content(vault: SqliteCardVault, store: SqliteStore) -> tuple[str, bytes]:
    """Stores a card, and returns its reference and its encrypted content, which the file contains."""
    reference = await vault.put(CARD)
    content = store.read(reference)[2]
    assert content in store.bytes_on_disk()
    return reference, content


async def test_disk_is_really_full(vault: SqliteCardVault, store: SqliteStore) -> None:
    await _content(vault, store)
    with full_disk(store.path), pytest.raises(sqlite3.Error):
        store.execute("DELETE FROM card")
    with full_disk(store.path), pytest.raises(VaultUnavailable):
        await vault.put(CARD)


async def test_used_card_is_deleted_and_overwritten(
    vault: SqliteCardVault, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    reference, content = await _content(vault, store)
    with full_disk(store.path):
        await vault.delete(reference)
    assert content not in store.bytes_on_disk()
    assert store.references() == set()
    [line] = [record.getMessage() for record in caplog.records]
    assert line.startswith("card vault: 1 used or expired cards were overwritten and deleted in place")
    assert line.endswith("is its disk full?")
    assert reference not in line


async def test_expired_card_is_deleted_and_overwritten(
    vault: SqliteCardVault, store: SqliteStore, clock: Clock
) -> None:
    _, content = await _content(vault, store)
    clock.now += ENTRY_LIFETIME
    with full_disk(store.path):
        await vault.sweep()
    assert content not in store.bytes_on_disk()
    assert store.references() == set()


async def test_card_is_read_beside_an_expired_one(
    vault: SqliteCardVault, store: SqliteStore, clock: Clock
) -> None:
    _, expired = await _content(vault, store)
    clock.now += ENTRY_LIFETIME / 2
    reference = await vault.put(CARD)
    clock.now += ENTRY_LIFETIME / 2
    with full_disk(store.path):
        assert await vault.get(reference) == CARD
    assert expired not in store.bytes_on_disk()
    assert store.references() == {reference}


async def test_absent_card_is_no_error_and_logs_nothing(
    vault: SqliteCardVault, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    kept, content = await _content(vault, store)
    with full_disk(store.path):
        await vault.delete("absent")
        with pytest.raises(CardNotFound):
            await vault.get("absent")
    assert store.read(kept)[2] == content
    assert caplog.records == []


async def test_card_whose_row_cannot_be_deleted_is_overwritten_and_logged(
    vault: SqliteCardVault, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    reference, content = await _content(vault, store)
    store.execute("CREATE TRIGGER no_space BEFORE DELETE ON card BEGIN SELECT RAISE(ABORT, 'no space'); END")
    await vault.delete(reference)
    assert content not in store.bytes_on_disk()
    [line] = [record.getMessage() for record in caplog.records]
    assert "1 used or expired cards were overwritten in place, but their empty rows cannot be deleted" in line
    with pytest.raises(CardUnreadable):
        await vault.get(reference)
    store.execute("DROP TRIGGER no_space")
    await vault.delete(reference)
    assert store.references() == set()


async def test_many_cards_are_overwritten(vault: SqliteCardVault, store: SqliteStore, clock: Clock) -> None:
    """The file has more pages than one level of its tree needs."""
    contents = [(await _content(vault, store))[1] for _ in range(40)]
    clock.now += ENTRY_LIFETIME
    with full_disk(store.path):
        await vault.sweep()
    remaining = store.bytes_on_disk()
    assert not any(content in remaining for content in contents)
    assert store.references() == set()


async def test_locked_file_is_not_overwritten(
    vault: SqliteCardVault, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock of another process ends soon, and the transaction is possible then."""
    reference, content = await _content(vault, store)
    monkeypatch.setattr("holdfast.card_vault.sqlite._LOCK_WAIT_SECONDS", 0.01)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(VaultUnavailable):
        await vault.delete(reference)
    other.close()
    assert store.read(reference)[2] == content
