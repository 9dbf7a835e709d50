"""The run distinguishes a killed mutant from one that survived, and from a test that could not be judged."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from tests.mutants import trial
from tests.mutants.protections import Change, Protection
from tests.mutants.report import print_result, print_summary, write_json
from tests.mutants.run import Result, Trial, Verdict, run, verdict_of

CODE = "def charge(times):\n    return min(times, 1)\n\n\ndef unused():\n    return 1\n"
TESTS = """
import pytest
from till import charge

def test_once():
    assert charge(2) == 1

def test_that_fails_unchanged():
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
    """Returns a checkout of one module, its tests and the test runner."""
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
    (protection("def charge(times)", "import missing_module\n\n\ndef charge(times)"), Verdict.BROKEN),
    (protection("min(times, 1)", "'once'", "test_of_a_number"), Verdict.OTHER_FAILURE),
    (protection("min(times, 1)", "times", "test_with_a_fixture"), Verdict.OTHER_FAILURE),
    (protection("min(times, 1)", "times", "test_that_fails_unchanged"), Verdict.FAILS_UNCHANGED),
)


async def test_each_mutant_gets_its_verdict(checkout: Path, tmp_path: Path) -> None:
    reported: list[Result] = []
    results = await run([entry for entry, _ in CASES], 2, reported.append, checkout)
    assert [result.verdict for result in results] == [verdict for _, verdict in CASES]
    killed, survived, stale, broken, other_failure, outside, _ = (result.detail for result in results)
    assert killed == "tests/test_till.py:6: assert charge(2) == 1 (assert 2 == 1)"
    assert survived == ""
    assert "occurs 0 times" in stale
    assert "missing_module" in broken
    assert "ValueError" in other_failure
    assert "assert charge(2) == 1" in outside, "an assertion of a fixture is not one of the test"
    assert len(reported) == len(results)
    assert (checkout / "till.py").read_text() == CODE
    _check_report(results, tmp_path / "results.json")


def _check_report(results: list[Result], file: Path) -> None:
    out = Console(record=True, width=200)
    print_result(out, results[0])
    print_summary(out, results)
    assert "1 of 7 killed by the test that is named for it" in out.export_text()
    write_json(file, results)
    first = json.loads(file.read_text())[0]
    assert (first["verdict"], first["change"][0]["replacement"]) == ("KILLED", "times")


def test_unfinished_test_run_is_timed_out() -> None:
    assert verdict_of(CASES[0][0], Trial(None, [], ""))[0] is Verdict.TIMED_OUT


async def test_folder_without_a_checkout_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        await run([], 1, lambda _: None, tmp_path)
