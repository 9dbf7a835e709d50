"""Removes each protection in a copy of its own and runs the test that has to fail."""

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

from tests.mutants.checkout import apply_changes, copy_tracked
from tests.mutants.protections import ROOT, Protection

TIME_LIMIT = 150.0
"""Seconds that one test may run."""
_REPORT = "trial.json"


class Verdict(StrEnum):
    """The result of a mutant. Only `KILLED` is the expected one."""

    KILLED = "KILLED"
    SURVIVED = "SURVIVED"
    """The test passes without the protection."""
    OTHER_FAILURE = "OTHER FAILURE"
    """The test fails with an unexpected error, or outside of the test function."""
    TIMED_OUT = "TIMED OUT"
    """The test does not end within the time limit."""
    BROKEN = "BROKEN"
    """The test could not be run."""
    STALE = "STALE"
    """The protection cannot be removed: the list does not match the code."""
    FAILS_UNCHANGED = "FAILS UNCHANGED"
    """The test fails with the protection as well."""


@dataclass(frozen=True)
class Trial:
    """A test run: pytest's exit status, or None when it was killed at the time limit, and the failures."""

    status: int | None
    failures: Sequence[Mapping[str, str]]
    output: str


@dataclass(frozen=True)
class Result:
    """The result of one removed protection. `detail` is where and how its test failed, or why it did not."""

    protection: Protection
    verdict: Verdict
    detail: str
    seconds: float


async def run(
    chosen: Sequence[Protection], jobs: int, report: Callable[[Result], None], root: Path = ROOT
) -> list[Result]:
    """Runs the test of each chosen protection without it, `jobs` at a time, and reports each result at once.

    Raises OSError and CalledProcessError when the checkout cannot be copied.
    """
    with tempfile.TemporaryDirectory(prefix="holdfast-mutants-") as folder:
        original = Path(folder) / "original"
        copy_tracked(root, original)
        failing = await _failing_unchanged(original, {entry.test for entry in chosen})
        slots = asyncio.Semaphore(jobs)

        async def one(number: int, protection: Protection) -> Result:
            async with slots:
                result = await _without(protection, original, Path(folder) / str(number), failing)
            report(result)
            return result

        return await asyncio.gather(*(one(number, entry) for number, entry in enumerate(chosen)))


async def _failing_unchanged(original: Path, tests: Collection[str]) -> Mapping[str, str]:
    """Returns the tests that fail with every protection in place, and how each fails."""
    trial = await run_tests(original, sorted(tests), TIME_LIMIT * len(tests))
    if trial.status == pytest.ExitCode.OK:
        return {}
    failing = {
        test: _description(failure) for failure in trial.failures for test in tests if _is_of(failure, test)
    }
    return failing or dict.fromkeys(tests, trial.output)


def _is_of(failure: Mapping[str, str], test: str) -> bool:
    return failure["test"] == test or failure["test"].startswith(f"{test}[")


async def _without(protection: Protection, original: Path, copy: Path, failing: Mapping[str, str]) -> Result:
    started = time.monotonic()
    if protection.test in failing:
        return Result(protection, Verdict.FAILS_UNCHANGED, failing[protection.test], 0.0)
    shutil.copytree(original, copy)
    try:
        apply_changes(protection.change, copy)
        verdict, detail = verdict_of(protection, await run_tests(copy, [protection.test], TIME_LIMIT))
    except (OSError, ValueError) as error:
        verdict, detail = Verdict.STALE, str(error)
    finally:
        shutil.rmtree(copy)
    return Result(protection, verdict, detail, time.monotonic() - started)


def verdict_of(protection: Protection, trial: Trial) -> tuple[Verdict, str]:
    """Returns the verdict, and its detail, on a test run without the protection."""
    if trial.status is None:
        return Verdict.TIMED_OUT, f"not finished after {TIME_LIMIT:.0f} s"
    if trial.status == pytest.ExitCode.OK:
        return Verdict.SURVIVED, ""
    if trial.status != pytest.ExitCode.TESTS_FAILED or not trial.failures:
        return Verdict.BROKEN, trial.output
    failure = trial.failures[0]
    is_expected = failure["when"] == "call" and failure["error"] in protection.raises
    return Verdict.KILLED if is_expected else Verdict.OTHER_FAILURE, _description(failure)


def _description(failure: Mapping[str, str]) -> str:
    message = failure["message"].splitlines() or [""]
    return f"{failure['place']}: {failure['line']} ({message[0]})"


async def run_tests(folder: Path, tests: Sequence[str], within: float) -> Trial:
    """Runs tests of a copy with this interpreter, for `within` seconds at most."""
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
        # the session contains the processes that a killed test has started, for example a Temporal server
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    failures = json.loads(report.read_text()) if report.is_file() else []
    return Trial(process.returncode, failures, " ".join(output.decode(errors="replace").split())[-600:])
