"""The required histories: those of every scenario and version, unchanged since they were recorded.

A version's folder contains a list of its histories with checksums, in the format of `sha256sum --check`. A
version is released once it has its own heading in CHANGELOG.md.
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
NOT_RECORDED = """
The scenario {scenario!r} has no stored history in tests/replay/histories/{version}: no test would fail after
a change that breaks payments like it. Run `make histories`, and commit the histories that it records.
"""


def current_version() -> str:
    """Returns the version under development, or the one that was just released."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version


def released_versions() -> set[str]:
    """Returns every version that merchants may run."""
    return set(re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE))


def recorded_scenarios(version: str) -> frozenset[str]:
    """Returns the scenarios that have a history of this version."""
    return frozenset(SUFFIX.sub("", path.name) for path in (FOLDER / version).glob("*.json.gz"))


def write_list(folder: Path) -> None:
    """Writes the list of the histories that a version's folder contains."""
    lines = (f"{digest}  {name}\n" for name, digest in sorted(_checksums(folder).items()))
    (folder / LIST).write_text("".join(lines))


def differences(folder: Path) -> Iterator[str]:
    """Generates the differences between a version's folder and its list."""
    stored, listed = _checksums(folder), _listed_checksums(folder)
    for name in sorted({*stored, *listed}):
        if name not in stored:
            yield f"{name} is missing"
        elif name not in listed:
            yield f"{name} is not listed"
        elif stored[name] != listed[name]:
            yield f"{name} has changed"


def _checksums(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.json.gz")}


def _listed_checksums(folder: Path) -> dict[str, str]:
    lines = (folder / LIST).read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
