"""The run tells a mutant that was killed from one that survived, and from a test that could not tell."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from tests.mutants import trial
from tests.mutants.protections import Change, Protection
from tests.mutants.report import tell, tell_one, write
from tests.mutants.run import Result, Trial, Verdict, judged, run

CODE = "def charge(times):\n    return min(times, 1)\n\n\ndef unused():\n    return 1\n"
TESTS = """
import pytest
from till import charge

def test_once():
    assert charge(2) == 1

def test_that_fails_anyway():
    assert charge(2) == 2

def test_of_a_number():
    int(str(charge(2)))

@pytest.fixture
def charged():
    assert charge(2) == 1

def test_with_a_fixture(charged):
    pass
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of one module, its tests, and what runs them."""
    folder = tmp_path / "checkout"
    (folder / "tests" / "mutants").mkdir(parents=True)
    shutil.copy(trial.__file__, folder / "tests" / "mutants")
    (folder / "till.py").write_text(CODE)
    (folder / "tests" / "test_till.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = --import-mode=importlib\n")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    (folder / "untracked.py").write_text("")
    return folder


def protection(source: str, replacement: str, test: str = "test_once") -> Protection:
    return Protection(
        name=f"{source} → {replacement}",
        against="a second charge",
        test=f"tests/test_till.py::{test}",
        change=(Change(file="till.py", source=source, replacement=replacement),),
    )


CASES = (
    (protection("min(times, 1)", "times"), Verdict.KILLED),
    (protection("def unused():\n    return 1", "def unused():\n    return 2"), Verdict.SURVIVED),
    (protection("max(times, 1)", "times"), Verdict.STALE),
    (protection("def charge(times)", "import nowhere\n\n\ndef charge(times)"), Verdict.BROKEN),
    (protection("min(times, 1)", "'once'", "test_of_a_number"), Verdict.OTHERWISE),
    (protection("min(times, 1)", "times", "test_with_a_fixture"), Verdict.OTHERWISE),
    (protection("min(times, 1)", "times", "test_that_fails_anyway"), Verdict.FAILS_ANYWAY),
)


async def test_each_mutant_gets_the_verdict_it_deserves(checkout: Path, tmp_path: Path) -> None:
    heard: list[Result] = []
    results = await run([entry for entry, _ in CASES], 2, heard.append, checkout)
    assert [result.verdict for result in results] == [verdict for _, verdict in CASES]
    killed, survived, stale, broken, otherwise, outside, _ = (result.detail for result in results)
    assert killed == "tests/test_till.py:6: assert charge(2) == 1 (assert 2 == 1)"
    assert survived == ""
    assert "there 0 times" in stale
    assert "nowhere" in broken
    assert "ValueError" in otherwise
    assert "assert charge(2) == 1" in outside, "a fixture's assertion is not the test's"
    assert len(heard) == len(results)
    assert (checkout / "till.py").read_text() == CODE
    _is_told(results, tmp_path / "results.json")


def _is_told(results: list[Result], file: Path) -> None:
    out = Console(record=True, width=200)
    tell_one(out, results[0])
    tell(out, results)
    assert "1 of 7 killed by the test that is named for it" in out.export_text()
    write(file, results)
    first = json.loads(file.read_text())[0]
    assert (first["verdict"], first["change"][0]["replacement"]) == ("KILLED", "times")


def test_a_test_that_does_not_end_has_noticed_nothing() -> None:
    assert judged(CASES[0][0], Trial(None, [], ""))[0] is Verdict.HANGS


async def test_what_is_no_checkout_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        await run([], 1, lambda _: None, tmp_path)
