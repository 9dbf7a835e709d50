"""A disk on which no file can become longer than the vault's own file."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def full_disk(vault: Path) -> Iterator[None]:
    """Lets the kernel refuse what this process writes behind the present length of the vault's file.

    SQLite can then write into the file, and has no space for a journal: with its header, that of a change of
    two pages is longer than a file of two pages.
    """
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (vault.stat().st_size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
