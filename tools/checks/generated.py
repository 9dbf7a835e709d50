"""Writes files that are generated from the code, or compares them with those in the repository."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def write(files: Mapping[Path, str]) -> None:
    """Writes every file that differs from its text."""
    for path in stale(files):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8", newline="\n")


def stale(files: Mapping[Path, str]) -> list[Path]:
    """Returns the files that are missing or have another text, sorted."""
    return sorted(path for path, text in files.items() if _text_of(path) != text)


def main(
    arguments: Sequence[str], files: Mapping[Path, str], module: str, leftovers: Sequence[Path] = ()
) -> int:
    """Writes the files, or with `--check` names stale and superfluous ones. Returns the exit status."""
    if not arguments:
        write(files)
        for path in leftovers:
            path.unlink()
        return 0
    if list(arguments) != ["--check"]:
        sys.stderr.write(f"usage: python -m {module} [--check]\n")
        return 2
    wrong = [*stale(files), *sorted(leftovers)]
    for path in wrong:
        sys.stderr.write(f"{_shown(path)} is stale: run python -m {module}\n")
    return 1 if wrong else 0


def _text_of(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8") if path.is_file() else None


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
