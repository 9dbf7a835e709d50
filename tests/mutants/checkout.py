"""A copy of the checkout to spoil: what git tracks, as it is on disk."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.mutants.protections import Change


def copy_tracked(root: Path, copy: Path) -> None:
    """Copy what git tracks. Raises OSError and CalledProcessError, outside of a checkout for example."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True, stdout=subprocess.PIPE)
    for name in listed.stdout.decode().split("\0"):
        if name and (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)


def take_away(changes: Iterable[Change], copy: Path) -> None:
    """Take a protection away in a copy. Raises OSError and ValueError: why that is not possible."""
    for change in changes:
        file = copy / change.file
        file.write_text(change.of(file.read_text()))
