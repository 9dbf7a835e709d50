"""Whether a lock file holds what pyproject.toml asks for, and nothing else.

It needs no network: what a package asks for in turn is read from those that are installed here.

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
    "requirements/run.txt": ("processes", "redis"),
    "requirements/test.txt": ("processes", "redis", "demo", "test"),
}
"""The lock files, and the extras that each is made for."""
TOOL_LOCKS: Mapping[str, str] = {
    "requirements/audit.txt": "requirements/audit.in",
    "requirements/vendor.txt": "requirements/vendor.in",
}
"""Lock files of tools that live in environments of their own, and the file each is made from. What their
packages ask for in turn cannot be read here."""
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\$", re.MULTILINE)


@dataclass(frozen=True)
class Pin:
    """One package of a lock file; `applies` to this machine."""

    version: str
    applies: bool
    hashes: int


def pins_of(text: str) -> dict[str, Pin]:
    """The packages of a lock file."""
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


def asked_for(project: Mapping[str, object], extras: Sequence[str]) -> list[Requirement]:
    """What the project table of pyproject.toml asks for itself."""
    lists = [project["dependencies"]]
    optional = project["optional-dependencies"]
    lists += [optional[extra] for extra in extras] if isinstance(optional, Mapping) else []
    return [Requirement(line) for each in lists if isinstance(each, list) for line in each]


def asked_by(source: str) -> list[Requirement]:
    """What a file in `requirements/` asks for, a line each."""
    return [Requirement(line) for line in (ROOT / source).read_text().splitlines()]


def complaints(pins: Mapping[str, Pin], asked: Sequence[Requirement]) -> list[str]:
    """What is wrong with a lock file, one clause each."""
    found = unhashed(pins)
    wanted: dict[str, None] = {}
    waiting = [(requirement, "pyproject.toml") for requirement in asked]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, by = waiting.pop()
        name = canonicalize_name(requirement.name)
        wanted[name] = None
        if unmet := refused(pins.get(name), requirement, by):
            found.append(unmet)
        elif (key := (name, frozenset(requirement.extras))) not in seen:
            seen.add(key)
            waiting += [(each, name) for each in _required_by(name, requirement.extras)]
    nobodys = (name for name, pin in pins.items() if pin.applies and name not in wanted)
    return sorted(set(found)) + [f"nobody asks for {name}" for name in sorted(nobodys)]


def tool_complaints(pins: Mapping[str, Pin], asked: Sequence[Requirement], by: str) -> list[str]:
    """What is wrong with the lock file of a tool: only what is asked for by name is looked for."""
    answers = (refused(pins.get(canonicalize_name(each.name)), each, by) for each in asked)
    return unhashed(pins) + [answer for answer in answers if answer]


def unhashed(pins: Mapping[str, Pin]) -> list[str]:
    """The packages that somebody could exchange."""
    return [f"{name} has no hash" for name, pin in pins.items() if not pin.hashes]


def refused(pin: Pin | None, requirement: Requirement, by: str) -> str | None:
    """Why a pin is not what is asked for; None when it is."""
    if pin is not None and requirement.specifier.contains(pin.version, prereleases=True):
        return None
    return f"{by} asks for {requirement}, and it holds {pin.version if pin else 'none'}"


def _required_by(name: str, extras: set[str]) -> Iterator[Requirement]:
    """What an installed package asks for on this machine; nothing of one that is not for this machine."""
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:
        return
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def main() -> int:
    """Check every lock file: 0 all is right, 1 one has to be made anew (`make lock`)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wrong = [
        f"{file}: {complaint}"
        for file, extras in LOCKS.items()
        for complaint in complaints(pins_of((ROOT / file).read_text()), asked_for(project, extras))
    ]
    wrong += [
        f"{file}: {complaint}"
        for file, source in TOOL_LOCKS.items()
        for complaint in tool_complaints(pins_of((ROOT / file).read_text()), asked_by(source), source)
    ]
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
