"""The lock files have the packages that pyproject.toml requires, and the check finds faults."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools.checks.locks import (
    LOCKS,
    TOOL_LOCKS,
    Pin,
    complaints,
    file_requirements,
    pins_of,
    project_requirements,
    tool_complaints,
)

ROOT = Path(__file__).resolve().parents[4]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUN = "requirements/run.txt"
GOOD = Pin("1.0", applies=True, hashes=1)


@pytest.mark.parametrize("file", LOCKS)
def test_lock_file_has_the_required_packages_and_no_others(file: str) -> None:
    pins = pins_of((ROOT / file).read_text())
    assert len(pins) > 20
    assert complaints(pins, project_requirements(PROJECT, LOCKS[file])) == []


@pytest.mark.parametrize("file", TOOL_LOCKS)
def test_lock_file_of_a_tool_has_the_tool_and_every_hash(file: str) -> None:
    pins = pins_of((ROOT / file).read_text())
    assert tool_complaints(pins, file_requirements(TOOL_LOCKS[file]), "") == []


def test_every_lock_file_is_checked() -> None:
    assert {*LOCKS, *TOOL_LOCKS} == {
        f"requirements/{path.name}" for path in (ROOT / "requirements").glob("*.txt")
    }


def test_tool_that_is_missing_or_has_no_hash_is_reported() -> None:
    pins = {"bare": Pin("1.0", applies=True, hashes=0)}
    assert tool_complaints(pins, [Requirement("tool==2")], "tool.in") == [
        "bare has no hash",
        "tool.in requires tool==2, and it has none",
    ]


def test_every_requirement_of_a_lock_file_is_read() -> None:
    text = (ROOT / RUN).read_text()
    lines = [line for line in text.splitlines() if line[:1] not in (" ", "#", "")]
    assert len(pins_of(text)) == len(lines)


def test_missing_old_unhashed_and_superfluous_packages_are_reported() -> None:
    pins = {"old": GOOD, "bare": Pin("1.0", applies=True, hashes=0), "stray": GOOD}
    required = [Requirement(line) for line in ("old>=2", "missing>=1", "bare")]
    assert complaints(pins, required) == [
        "bare has no hash",
        "pyproject.toml requires missing>=1, and it has none",
        "pyproject.toml requires old>=2, and it has 1.0",
        "stray is not required",
    ]


def test_requirements_of_a_package_are_required_too() -> None:
    pins = pins_of((ROOT / RUN).read_text())
    del pins["httpcore"]
    [line] = complaints(pins, project_requirements(PROJECT, LOCKS[RUN]))
    assert line.startswith("httpx requires httpcore")


def test_package_for_another_system_is_ignored() -> None:
    assert complaints({"winonly": Pin("1.0", applies=False, hashes=1)}, []) == []
