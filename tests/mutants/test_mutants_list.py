"""The list of protections matches the code: no entry is outdated, and every test that it names exists."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.protections import ROOT, Change, Protection, protections

ALL = protections()


@pytest.mark.parametrize("protection", ALL, ids=[entry.name for entry in ALL])
def test_protection_can_be_removed(protection: Protection) -> None:
    for change in protection.change:
        assert change.applied_to((ROOT / change.file).read_text())


def test_names_of_protections_are_unique() -> None:
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


def test_source_that_does_not_occur_exactly_once_is_an_error() -> None:
    change = Change(file="sending.py", source="if sent:", replacement="if False:")
    assert change.applied_to("if sent:\n    pass\n") == "if False:\n    pass\n"
    for text, times in (("pass\n", 0), ("if sent:\n    pass\n" * 2, 2)):
        with pytest.raises(ValueError, match=f"sending.py: the piece of source occurs {times} times"):
            change.applied_to(text)


@pytest.mark.parametrize(
    ("replacement", "reason"), [("1  # one", "changes nothing"), ("1 +", "does not parse without it")]
)
def test_replacement_without_effect_or_with_invalid_syntax_is_an_error(replacement: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Change(file="sending.py", source="1", replacement=replacement).applied_to("x = 1\n")


@pytest.mark.parametrize("text", ["", "protection = []\nother = 1\n", "[[protection]]\nname = 'x'\n"])
def test_list_with_another_structure_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.toml").write_text(text)
    with pytest.raises((ValueError, KeyError)):
        protections(tmp_path)
