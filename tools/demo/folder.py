"""The demo's folder: database, cards, keys and logs of one run.

A run starts with an empty Temporal database, because the simulator's ledger starts empty too: a payment of an
old run would ask a gateway that has never heard of it. The keys stay.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path(__file__).parents[2] / ".demo"
_SIDE_FILES = ("", "-wal", "-shm", "-journal")


class FolderRefused(Exception):
    """The folder is another running demo's, or no demo's at all."""


@dataclass(frozen=True)
class Folder:
    """Paths inside the folder, which its owner alone can enter."""

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
        """Held as long as a demo runs in here."""
        return self.path / "lock"

    @property
    def keys(self) -> Path:
        """The key pairs of merchant and gateway."""
        return self.path / "keys"

    def log(self, name: str) -> Path:
        """The log file of one process."""
        return self.path / "logs" / f"{name}.log"


@contextmanager
def prepared(path: Path) -> Iterator[tuple[Folder, bool]]:
    """The folder, this demo's alone until the end of the block; and whether an old run was replaced.

    Raises FolderRefused, and OSError when the folder cannot be written.
    """
    folder = Folder(path.resolve())
    folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _recognise(folder)
    folder.path.chmod(0o700)
    with folder.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FolderRefused(
                f"another demo runs in {folder.path}: end it, or name another --folder"
            ) from None
        yield folder, _emptied(folder)


def _recognise(folder: Folder) -> None:
    """Nothing of anybody else's is closed to others or deleted."""
    if not folder.lock.exists() and any(folder.path.iterdir()):
        raise FolderRefused(f"{folder.path} holds what is not a demo's: name a new --folder")


def _emptied(folder: Folder) -> bool:
    replaced = folder.database.exists()
    for file in (folder.database, folder.cards):
        for suffix in _SIDE_FILES:
            file.with_name(file.name + suffix).unlink(missing_ok=True)
    logs = folder.path / "logs"
    logs.mkdir(exist_ok=True)
    for log in logs.glob("*.log"):
        log.unlink()
    return replaced
