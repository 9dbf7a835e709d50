"""A card vault in one SQLite file, for one machine.

Every row is encrypted; deleted rows are overwritten.
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
from holdfast.card_vault.encryption import CardEncryptor, Clock, Entry, utc_now
from holdfast.card_vault.errors import CardNotFound, VaultUnavailable
from holdfast.card_vault.keyring import Ciphertext, Keyring

_SCHEMA = """CREATE TABLE IF NOT EXISTS card (
    reference TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, key_id TEXT NOT NULL, box BLOB NOT NULL
) WITHOUT ROWID"""
_LOCK_WAIT_SECONDS = 5.0
_T = TypeVar("_T")


class SqliteCardVault:
    """A `CardVault` in a file of mode 0600, which several processes and event loops may share."""

    def __init__(self, path: Path, keys: Keyring, clock: Clock = utc_now) -> None:
        self._path = path
        self._encryptor = CardEncryptor(keys, clock)

    async def put(self, card: CardData) -> str:
        """Encrypts and stores a card, and returns its reference.

        Raises:
            VaultUnavailable: The file is locked or cannot be written.
        """
        entry = self._encryptor.encrypt(card)
        row = (entry.reference, entry.expires_at, entry.ciphertext.key_id, entry.ciphertext.data)
        await self._run(lambda db: db.execute("INSERT INTO card VALUES (?, ?, ?, ?)", row))
        return entry.reference

    async def get(self, reference: str) -> CardData:
        """Returns the card under a reference.

        Raises:
            CardNotFound: There is no entry under the reference, or it has expired.
            CardUnreadable: The entry cannot be decrypted.
            VaultUnavailable: The file is locked or cannot be read.
        """
        query = "SELECT expires_at, key_id, CAST(box AS BLOB) FROM card WHERE reference = ?"
        row = await self._run(lambda db: db.execute(query, (reference,)).fetchone())
        if row is None:
            raise CardNotFound
        expires_at, key_id, data = row
        return self._encryptor.decrypt(Entry(reference, expires_at, Ciphertext(key_id, data)))

    async def delete(self, reference: str) -> None:
        """Deletes and overwrites a card; deleting an absent card is not an error.

        Raises:
            VaultUnavailable: The file is locked or cannot be written.
        """
        await self._run(lambda db: db.execute("DELETE FROM card WHERE reference = ?", (reference,)))

    async def sweep(self) -> None:
        """Deletes and overwrites every expired card.

        Raises:
            VaultUnavailable: The file is locked or cannot be written.
        """
        await self._run(lambda db: None)

    async def config_warnings(self) -> Sequence[str]:
        """Returns no warnings: the vault applies every setting of its file itself."""
        return ()

    async def close(self) -> None:
        """Does nothing: the file is closed after each operation."""

    async def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Deletes expired rows and then runs `work`, in one transaction on a thread."""
        return await asyncio.to_thread(self._transaction, work)

    def _transaction(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        try:
            with self._connection() as db:
                db.execute("DELETE FROM card WHERE expires_at <= ?", (self._encryptor.now_ms(),))
                return work(db)
        except (sqlite3.Error, OSError) as error:
            raise VaultUnavailable(f"card vault: {type(error).__name__}") from None

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        _ensure_private_file(self._path)
        with closing(sqlite3.connect(self._path, timeout=_LOCK_WAIT_SECONDS)) as db:
            db.execute("PRAGMA secure_delete = ON")
            with db:
                db.execute(_SCHEMA)
                yield db


def _ensure_private_file(path: Path) -> None:
    """Creates the file where it is missing, with access for its owner alone, without opening it.

    Closing any descriptor of a file drops every lock that the process has on it (POSIX), which would let
    other processes interfere with a transaction of another thread. The file is therefore created under a
    temporary name and linked to its own.
    """
    if not path.exists():
        descriptor, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        os.close(descriptor)
        try:
            with suppress(FileExistsError):
                os.link(temporary, path)
        finally:
            os.unlink(temporary)
    path.chmod(0o600)
