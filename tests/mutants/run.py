"""Takes each protection away in a copy of its own and runs the test that has to notice."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from tests.mutants.checkout import copy_tracked, take_away
from tests.mutants.protections import ROOT, Protection

LONGEST = 150.0
"""Seconds that one test may take."""
_REPORT = "trial.json"


class Verdict(StrEnum):
    """What became of a mutant. Only `KILLED` is good."""

    KILLED = "KILLED"
    SURVIVED = "SURVIVED"
    """The test passes without the protection."""
    OTHERWISE = "FAILED OTHERWISE"
    """By another error than the one that notices, or not in the test itself."""
    HANGS = "HANGS"
    BROKEN = "BROKEN"
    """The test could not be run."""
    STALE = "STALE"
    """The protection cannot be taken away: the list does not fit the code."""
    FAILS_ANYWAY = "FAILS ANYWAY"
    """With the protection as well."""


@dataclass(frozen=True)
class Trial:
    """How tests ended: pytest's exit status, None when they were ended from outside, and the failures."""

    status: int | None
    failures: Sequence[Mapping[str, str]]
    output: str


@dataclass(frozen=True)
class Result:
    """One protection without which its test was run. `detail` is where and how it noticed, or why not."""

    protection: Protection
    verdict: Verdict
    detail: str
    seconds: float


async def run(
    chosen: Sequence[Protection], jobs: int, tell: Callable[[Result], None], root: Path = ROOT
) -> list[Result]:
    """Each of the chosen protections taken away, `jobs` at a time; `tell` hears of each result at once.

    Raises OSError and CalledProcessError when the checkout cannot be copied.
    """
    with tempfile.TemporaryDirectory(prefix="holdfast-mutants-") as folder:
        whole = Path(folder) / "whole"
        copy_tracked(root, whole)
        failing = await _failing_anyway(whole, {entry.test for entry in chosen})
        turn = asyncio.Semaphore(jobs)

        async def one(number: int, protection: Protection) -> Result:
            async with turn:
                result = await _without(protection, whole, Path(folder) / str(number), failing)
            tell(result)
            return result

        return await asyncio.gather(*(one(number, entry) for number, entry in enumerate(chosen)))


async def _failing_anyway(whole: Path, tests: Collection[str]) -> Mapping[str, str]:
    """The tests that do not pass with every protection in place, and why."""
    trial = await tried(whole, sorted(tests), LONGEST * len(tests))
    if trial.status == pytest.ExitCode.OK:
        return {}
    failing = {test: _said(failure) for failure in trial.failures for test in tests if _is_of(failure, test)}
    return failing or dict.fromkeys(tests, trial.output)


def _is_of(failure: Mapping[str, str], test: str) -> bool:
    return failure["test"] == test or failure["test"].startswith(f"{test}[")


async def _without(protection: Protection, whole: Path, copy: Path, failing: Mapping[str, str]) -> Result:
    begun = time.monotonic()
    if protection.test in failing:
        return Result(protection, Verdict.FAILS_ANYWAY, failing[protection.test], 0.0)
    shutil.copytree(whole, copy)
    try:
        take_away(protection.change, copy)
        verdict, detail = judged(protection, await tried(copy, [protection.test], LONGEST))
    except (OSError, ValueError) as why:
        verdict, detail = Verdict.STALE, str(why)
    finally:
        shutil.rmtree(copy)
    return Result(protection, verdict, detail, time.monotonic() - begun)


def judged(protection: Protection, trial: Trial) -> tuple[Verdict, str]:
    """What a trial without the protection says about its test."""
    if trial.status is None:
        return Verdict.HANGS, f"not over after {LONGEST:.0f} s"
    if trial.status == pytest.ExitCode.OK:
        return Verdict.SURVIVED, ""
    if trial.status != pytest.ExitCode.TESTS_FAILED or not trial.failures:
        return Verdict.BROKEN, trial.output
    failure = trial.failures[0]
    noticed = failure["when"] == "call" and failure["error"] in protection.raises
    return Verdict.KILLED if noticed else Verdict.OTHERWISE, _said(failure)


def _said(failure: Mapping[str, str]) -> str:
    message = failure["message"].splitlines() or [""]
    return f"{failure['place']}: {failure['line']} ({message[0]})"


async def tried(folder: Path, tests: Sequence[str], within: float) -> Trial:
    """Run the tests of a copy with this interpreter, for so many seconds at most."""
    report = folder / _REPORT
    report.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.mutants.trial", _REPORT, *tests),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), within)
    except TimeoutError:
        return Trial(None, [], "")
    finally:
        # what a test that was cut off has started is of its session, a Temporal server for example
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    failures = json.loads(report.read_text()) if report.is_file() else []
    return Trial(process.returncode, failures, " ".join(output.decode(errors="replace").split())[-600:])
