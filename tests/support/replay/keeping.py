"""Checks the stored histories: each version has one of every scenario, unchanged since it was recorded.

A version's folder holds a list of its histories with their checksums, as `sha256sum --check` reads it. A
version is released once it has a heading of its own in CHANGELOG.md.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.support.replay.recording import FOLDER

ROOT = Path(__file__).parents[3]
LIST = "SHA256SUMS"
SUFFIX = re.compile(r"(\.\d+)?\.json\.gz")
NOT_KEPT = """
The scenario {story!r} has no stored history in tests/replay/histories/{version}, so a change that
breaks payments like it would pass the tests. Run `make histories`, and commit what it records.
"""


def current_version() -> str:
    """Returns the version under development, or the latest release."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version


def released_versions() -> set[str]:
    """Returns every released version."""
    return set(re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE))


def kept_stories(version: str) -> frozenset[str]:
    """Returns the scenarios of which this version has a history."""
    return frozenset(SUFFIX.sub("", path.name) for path in (FOLDER / version).glob("*.json.gz"))


def write_list(folder: Path) -> None:
    """Writes the list of the histories in a version's folder."""
    lines = (f"{digest}  {name}\n" for name, digest in sorted(_held(folder).items()))
    (folder / LIST).write_text("".join(lines))


def differences(folder: Path) -> Iterator[str]:
    """Yields one line for each difference between a version's folder and its list."""
    held, listed = _held(folder), _listed(folder)
    for name in sorted({*held, *listed}):
        if name not in held:
            yield f"{name} is missing"
        elif name not in listed:
            yield f"{name} is not listed"
        elif held[name] != listed[name]:
            yield f"{name} has changed"


def _held(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.json.gz")}


def _listed(folder: Path) -> dict[str, str]:
    lines = (folder / LIST).read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
