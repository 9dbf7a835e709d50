"""A card vault in one SQLite file, for one machine.

Every row is sealed; deleted rows are overwritten.
"""

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from holdfast.card_vault.card import CardData
from holdfast.card_vault.encryption import CardSeal, Clock, Entry, utc_now
from holdfast.card_vault.errors import CardNotFound, VaultUnavailable
from holdfast.card_vault.keyring import Keyring, Sealed

_SCHEMA = """CREATE TABLE IF NOT EXISTS card (
    reference TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, key_id TEXT NOT NULL, box BLOB NOT NULL
) WITHOUT ROWID"""
_LOCK_WAIT_SECONDS = 5.0
_T = TypeVar("_T")


class SqliteCardVault:
    """`CardVault` on a file of mode 0600; several processes and event loops may share the file."""

    def __init__(self, path: Path, keys: Keyring, clock: Clock = utc_now) -> None:
        self._path = path
        self._seal = CardSeal(keys, clock)

    async def put(self, card: CardData) -> str:
        """Seal a card and return its reference. Raises VaultUnavailable."""
        entry = self._seal.seal(card)
        row = (entry.reference, entry.expires_at, entry.sealed.key_id, entry.sealed.box)
        await self._run(lambda db: db.execute("INSERT INTO card VALUES (?, ?, ?, ?)", row))
        return entry.reference

    async def open(self, reference: str) -> CardData:
        """The card under a reference. Raises CardNotFound, CardUnreadable, VaultUnavailable."""
        query = "SELECT expires_at, key_id, CAST(box AS BLOB) FROM card WHERE reference = ?"
        row = await self._run(lambda db: db.execute(query, (reference,)).fetchone())
        if row is None:
            raise CardNotFound
        expires_at, key_id, box = row
        return self._seal.open(Entry(reference, expires_at, Sealed(key_id, box)))

    async def delete(self, reference: str) -> None:
        """Overwrite and forget a card; no error when it is not there. Raises VaultUnavailable."""
        await self._run(lambda db: db.execute("DELETE FROM card WHERE reference = ?", (reference,)))

    async def sweep(self) -> None:
        """Overwrite and forget every card whose time is up. Raises VaultUnavailable."""
        await self._run(lambda db: None)

    async def concerns(self) -> Sequence[str]:
        """None: what a file needs, this backend sees to itself."""
        return ()

    async def close(self) -> None:
        """Nothing is held open between two uses."""

    async def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Sweep what has expired, then do one piece of work, in one transaction on a thread."""
        return await asyncio.to_thread(self._transaction, work)

    def _transaction(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        try:
            with self._connection() as db:
                db.execute("DELETE FROM card WHERE expires_at <= ?", (self._seal.now_ms(),))
                return work(db)
        except (sqlite3.Error, OSError) as error:
            raise VaultUnavailable(f"card vault: {type(error).__name__}") from None

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        _make_private(self._path)
        with closing(sqlite3.connect(self._path, timeout=_LOCK_WAIT_SECONDS)) as db:
            db.execute("PRAGMA secure_delete = ON")
            with db:
                db.execute(_SCHEMA)
                yield db


def _make_private(path: Path) -> None:
    """Have the file there, its owner's alone, without opening it.

    To close any descriptor of a file drops every lock that its process holds on it (POSIX), and with them
    what keeps other processes out of a transaction of another thread. So it is made elsewhere and linked.
    """
    if not path.exists():
        descriptor, made = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        os.close(descriptor)
        try:
            with suppress(FileExistsError):
                os.link(made, path)
        finally:
            os.unlink(made)
    path.chmod(0o600)
