"""A card vault in one SQLite file, for one machine.

Every row is encrypted; deleted rows are overwritten. On a full disk, SQLite has no space for the journal that
a deletion needs, and a used card is overwritten in place.
"""

import asyncio
import logging
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
_DELETE = "DELETE FROM card WHERE expires_at <= ? OR reference = ?"
_OVERWRITE = "UPDATE card SET box = zeroblob(length(box)) WHERE expires_at <= ? OR reference = ?"
"""An overwritten row has the size that it had before, so that it needs no further page."""
_LOCK_WAIT_SECONDS = 5.0
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_logger = logging.getLogger("holdfast.cards")
_T = TypeVar("_T")
_Removed = tuple[int, str | None]
"""The time in milliseconds until which expired rows are removed, and the reference of a used card."""


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

        Where the file cannot be changed safely, as on a full disk, the card is overwritten in place.

        Raises:
            VaultUnavailable: The file is locked or cannot be written.
        """
        await self._run(lambda db: None, used=reference)

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

    async def _run(self, work: Callable[[sqlite3.Connection], _T], used: str | None = None) -> _T:
        """Deletes expired rows and a used one, and then runs `work`, in one transaction on a thread."""
        try:
            return await asyncio.to_thread(self._transaction, work, (self._encryptor.now_ms(), used))
        except (sqlite3.Error, OSError) as error:
            raise VaultUnavailable(f"card vault: {type(error).__name__}") from None

    def _transaction(self, work: Callable[[sqlite3.Connection], _T], removed: _Removed) -> _T:
        try:
            with self._connection() as db:
                db.execute(_DELETE, removed)
                return work(db)
        except sqlite3.Error as error:
            if _is_locked(error):
                raise
            self._erase_in_place(removed, error)
        with self._connection() as db:
            return work(db)

    def _erase_in_place(self, removed: _Removed, failure: sqlite3.Error) -> None:
        """Overwrites rows with zeros and then deletes them, without a journal on the disk.

        The content is overwritten first, because it needs no page beside its own. A crash of the machine in
        the middle can damage the file, which then has to be deleted with its cards: a card must not be kept
        (PCI DSS 3.3.1), and no payment needs one for longer than fifteen minutes.
        """
        with self._connection(journal_in_memory=True) as db:
            number = db.execute(_OVERWRITE, removed).rowcount
        if not number:
            return
        reason, cards = failure.sqlite_errorname, f"{number} used or expired cards"
        try:
            with self._connection(journal_in_memory=True) as db:
                db.execute(_DELETE, removed)
        except sqlite3.Error:
            _logger.warning(
                "card vault: %s were overwritten in place, but their empty rows cannot be deleted (%s): "
                "is its disk full?",
                cards,
                reason,
            )
        else:
            _logger.warning(
                "card vault: %s were overwritten and deleted in place, because a transaction is not possible "
                "(%s): is its disk full?",
                cards,
                reason,
            )

    @contextmanager
    def _connection(self, *, journal_in_memory: bool = False) -> Iterator[sqlite3.Connection]:
        """Runs a transaction, by default with the journal on the disk that a crash needs."""
        _ensure_private_file(self._path)
        with closing(sqlite3.connect(self._path, timeout=_LOCK_WAIT_SECONDS)) as db:
            db.execute("PRAGMA secure_delete = ON")
            if journal_in_memory:
                db.execute("PRAGMA journal_mode = MEMORY")
            with db:
                db.execute(_SCHEMA)
                yield db


def _is_locked(error: sqlite3.Error) -> bool:
    """Returns whether another process has the file; a later try succeeds."""
    return error.sqlite_errorcode & 0xFF in _LOCKED


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
