"""The folder of one run: database, card vault, keys, logs, and the environment of a merchant's program.

A run starts with an empty Temporal database, because the simulator's ledger starts empty too: a payment of an
earlier run would send inquiries about an order that this gateway does not have. The keys stay.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SIDE_FILES = ("", "-wal", "-shm", "-journal")


class FolderRefused(Exception):
    """The folder is in use by another run, or it was not made by a run."""


@dataclass(frozen=True)
class KeyFiles:
    """The files that the merchant account's settings name."""

    merchant_private_key: Path
    gateway_public_keys: Path


@dataclass(frozen=True)
class Folder:
    """Paths inside the folder, which only its owner can enter."""

    path: Path

    @property
    def database(self) -> Path:
        """Temporal's SQLite file."""
        return self.path / "temporal.sqlite3"

    @property
    def cards(self) -> Path:
        """The card vault's SQLite file."""
        return self.path / "cards.sqlite3"

    @property
    def lock(self) -> Path:
        """The file that is locked while a run uses the folder."""
        return self.path / "lock"

    @property
    def keys(self) -> Path:
        """The key pairs of merchant and gateway."""
        return self.path / "keys"

    @property
    def key_files(self) -> KeyFiles:
        """The key files that worker and webhook read."""
        return KeyFiles(self.keys / "merchant_private_key", self.keys / "gateway_public_key")

    @property
    def merchant_environment(self) -> Path:
        """The file with the environment of a merchant's own program."""
        return self.path / "merchant.env"

    @property
    def logs(self) -> Path:
        """The folder of the log files."""
        return self.path / "logs"

    def log(self, name: str) -> Path:
        """The log file of one process."""
        return self.logs / f"{name}.log"


@contextmanager
def prepared(path: Path) -> Iterator[tuple[Folder, bool]]:
    """Yields the folder, locked until the end of the block, and whether an earlier run was replaced.

    Raises FolderRefused, and OSError when the folder cannot be written.
    """
    folder = Folder(path.resolve())
    folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_foreign(folder)
    folder.path.chmod(0o700)
    with folder.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FolderRefused(f"another run uses {folder.path}: end it, or name another --folder") from None
        yield folder, _emptied(folder)


def _refuse_foreign(folder: Folder) -> None:
    """Raises FolderRefused for a folder with other content, so that none of it is deleted or made private."""
    if not folder.lock.exists() and any(folder.path.iterdir()):
        raise FolderRefused(f"{folder.path} contains files of another program: name a new --folder")


def _emptied(folder: Folder) -> bool:
    replaced = folder.database.exists()
    for file in (folder.database, folder.cards):
        for suffix in _SIDE_FILES:
            file.with_name(file.name + suffix).unlink(missing_ok=True)
    folder.merchant_environment.unlink(missing_ok=True)
    folder.logs.mkdir(exist_ok=True)
    for log in folder.logs.glob("*.log"):
        log.unlink()
    return replaced
