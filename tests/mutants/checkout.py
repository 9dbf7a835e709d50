"""Copies the checkout, so that a mutant changes a copy: the files that git tracks, as they are on disk."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.mutants.protections import Change


def copy_tracked(root: Path, copy: Path) -> None:
    """Copies the tracked files.

    Raises OSError, and CalledProcessError where `root` is not a checkout.
    """
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True, stdout=subprocess.PIPE)
    for name in listed.stdout.decode().split("\0"):
        if name and (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)


def apply_changes(changes: Iterable[Change], copy: Path) -> None:
    """Removes a protection in a copy. Raises OSError or ValueError when that is not possible."""
    for change in changes:
        file = copy / change.file
        file.write_text(change.applied_to(file.read_text()))
