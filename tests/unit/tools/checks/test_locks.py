"""Lock files that hold what pyproject.toml asks for, and how the check of them fails."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools.checks.locks import (
    LOCKS,
    TOOL_LOCKS,
    Pin,
    asked_by,
    asked_for,
    complaints,
    pins_of,
    tool_complaints,
)

ROOT = Path(__file__).resolve().parents[4]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUN = "requirements/run.txt"
GOOD = Pin("1.0", applies=True, hashes=1)


@pytest.mark.parametrize("file", LOCKS)
def test_a_lock_file_holds_what_is_asked_for_and_nothing_else(file: str) -> None:
    pins = pins_of((ROOT / file).read_text())
    assert len(pins) > 20
    assert complaints(pins, asked_for(PROJECT, LOCKS[file])) == []


@pytest.mark.parametrize("file", TOOL_LOCKS)
def test_the_lock_file_of_a_tool_holds_the_tool_and_a_hash_of_everything(file: str) -> None:
    pins = pins_of((ROOT / file).read_text())
    assert tool_complaints(pins, asked_by(TOOL_LOCKS[file]), "") == []


def test_every_lock_file_is_checked() -> None:
    assert {*LOCKS, *TOOL_LOCKS} == {
        f"requirements/{path.name}" for path in (ROOT / "requirements").glob("*.txt")
    }


def test_a_tool_that_is_not_locked_or_without_a_hash_is_told() -> None:
    pins = {"bare": Pin("1.0", applies=True, hashes=0)}
    assert tool_complaints(pins, [Requirement("tool==2")], "tool.in") == [
        "bare has no hash",
        "tool.in asks for tool==2, and it holds none",
    ]


def test_every_requirement_of_a_lock_file_is_read() -> None:
    text = (ROOT / RUN).read_text()
    lines = [line for line in text.splitlines() if line[:1] not in (" ", "#", "")]
    assert len(pins_of(text)) == len(lines)


def test_what_is_missing_too_old_without_a_hash_or_nobodys_is_told() -> None:
    pins = {"old": GOOD, "bare": Pin("1.0", applies=True, hashes=0), "stray": GOOD}
    asked = [Requirement(line) for line in ("old>=2", "missing>=1", "bare")]
    assert complaints(pins, asked) == [
        "bare has no hash",
        "pyproject.toml asks for missing>=1, and it holds none",
        "pyproject.toml asks for old>=2, and it holds 1.0",
        "nobody asks for stray",
    ]


def test_what_a_package_asks_for_in_turn_is_wanted_too() -> None:
    pins = pins_of((ROOT / RUN).read_text())
    del pins["httpcore"]
    [line] = complaints(pins, asked_for(PROJECT, LOCKS[RUN]))
    assert line.startswith("httpx asks for httpcore")


def test_a_package_for_another_system_is_nobodys_business_here() -> None:
    assert complaints({"winonly": Pin("1.0", applies=False, hashes=1)}, []) == []
