"""The list of protections fits the code: nothing in it is stale, and every test that it names exists."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.protections import ROOT, Change, Protection, protections

ALL = protections()


@pytest.mark.parametrize("protection", ALL, ids=[entry.name for entry in ALL])
def test_a_protection_can_be_taken_away(protection: Protection) -> None:
    for change in protection.change:
        assert change.of((ROOT / change.file).read_text())


def test_no_two_protections_have_one_name() -> None:
    names = [entry.name for entry in ALL]
    assert sorted(names) == sorted(set(names))


def test_every_named_test_exists() -> None:
    named = sorted({entry.test for entry in ALL})
    options = ["--collect-only", "-q", "-p", "no:cacheprovider"]
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *named],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert collected.returncode == 0, collected.stdout


def test_a_piece_of_source_has_to_be_there_once() -> None:
    change = Change(file="calm.py", source="if sent:", replacement="if False:")
    assert change.of("if sent:\n    pass\n") == "if False:\n    pass\n"
    for text, times in (("pass\n", 0), ("if sent:\n    pass\n" * 2, 2)):
        with pytest.raises(ValueError, match=f"calm.py: the piece of source is there {times} times"):
            change.of(text)


@pytest.mark.parametrize(
    ("replacement", "why"), [("1  # one", "changes nothing"), ("1 +", "cannot be read without it")]
)
def test_code_without_it_is_other_code_that_can_be_read(replacement: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Change(file="calm.py", source="1", replacement=replacement).of("x = 1\n")


@pytest.mark.parametrize("text", ["", "protection = []\nother = 1\n", "[[protection]]\nname = 'x'\n"])
def test_a_list_of_another_shape_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.toml").write_text(text)
    with pytest.raises((ValueError, KeyError)):
        protections(tmp_path)
