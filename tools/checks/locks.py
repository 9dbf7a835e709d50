"""Checks that each lock file has the packages that pyproject.toml requires, and no others.

It needs no network: it reads the requirements of a package from the installed one.

    python -m tools.checks.locks
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS: Mapping[str, Sequence[str]] = {
    "requirements/run.txt": ("processes", "redis", "cli"),
    "requirements/simulator.txt": ("simulator",),
    "requirements/test.txt": ("processes", "redis", "cli", "demo", "test"),
}
"""The lock files with their extras."""
TOOL_LOCKS: Mapping[str, str] = {
    "requirements/audit.txt": "requirements/audit.in",
    "requirements/vendor.txt": "requirements/vendor.in",
}
"""Lock files of tools with environments of their own, and the file that each is made from. The requirements
of their packages cannot be read here."""
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\$", re.MULTILINE)


@dataclass(frozen=True)
class Pin:
    """One package of a lock file. `applies`: its marker includes this machine."""

    version: str
    applies: bool
    hashes: int


def pins_of(text: str) -> dict[str, Pin]:
    """Returns the packages of a lock file."""
    starts = [*_PIN.finditer(text)]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    return {
        canonicalize_name(match["name"]): Pin(
            version=match["version"],
            applies=match["marker"] is None or Marker(match["marker"]).evaluate(),
            hashes=text[match.end() : end].count("--hash=sha256:"),
        )
        for match, end in zip(starts, ends, strict=True)
    }


def project_requirements(project: Mapping[str, object], extras: Sequence[str]) -> list[Requirement]:
    """Returns the requirements of the project table of pyproject.toml."""
    lists = [project["dependencies"]]
    optional = project["optional-dependencies"]
    lists += [optional[extra] for extra in extras] if isinstance(optional, Mapping) else []
    return [Requirement(line) for each in lists if isinstance(each, list) for line in each]


def file_requirements(source: str) -> list[Requirement]:
    """Returns the requirements of a file in `requirements/`, one on each line."""
    return [Requirement(line) for line in (ROOT / source).read_text().splitlines()]


def complaints(pins: Mapping[str, Pin], required: Sequence[Requirement]) -> list[str]:
    """Returns the faults of a lock file, one clause each."""
    found = unhashed(pins)
    names: dict[str, None] = {}
    waiting = [(requirement, "pyproject.toml") for requirement in required]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, by = waiting.pop()
        name = canonicalize_name(requirement.name)
        names[name] = None
        if fault := unmet(pins.get(name), requirement, by):
            found.append(fault)
        elif (key := (name, frozenset(requirement.extras))) not in seen:
            seen.add(key)
            waiting += [(each, name) for each in _required_by(name, requirement.extras)]
    superfluous = (name for name, pin in pins.items() if pin.applies and name not in names)
    return sorted(set(found)) + [f"{name} is not required" for name in sorted(superfluous)]


def tool_complaints(pins: Mapping[str, Pin], required: Sequence[Requirement], by: str) -> list[str]:
    """Returns the faults of a tool's lock file, for the packages that are required by name alone."""
    found = (unmet(pins.get(canonicalize_name(each.name)), each, by) for each in required)
    return unhashed(pins) + [fault for fault in found if fault]


def unhashed(pins: Mapping[str, Pin]) -> list[str]:
    """Returns the packages without a hash, which could be replaced."""
    return [f"{name} has no hash" for name, pin in pins.items() if not pin.hashes]


def unmet(pin: Pin | None, requirement: Requirement, by: str) -> str | None:
    """Describes why a pin does not meet a requirement; None when it does."""
    if pin is not None and requirement.specifier.contains(pin.version, prereleases=True):
        return None
    return f"{by} requires {requirement}, and it has {pin.version if pin else 'none'}"


def _required_by(name: str, extras: set[str]) -> Iterator[Requirement]:
    """Yields the requirements of an installed package on this machine; none of one that is missing."""
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:
        return
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def main() -> int:
    """Checks every lock file; returns 0 when all are right, 1 when one must be made again (`make lock`)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wrong = [
        f"{file}: {complaint}"
        for file, extras in LOCKS.items()
        for complaint in complaints(pins_of((ROOT / file).read_text()), project_requirements(project, extras))
    ]
    wrong += [
        f"{file}: {complaint}"
        for file, source in TOOL_LOCKS.items()
        for complaint in tool_complaints(
            pins_of((ROOT / file).read_text()), file_requirements(source), source
        )
    ]
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
