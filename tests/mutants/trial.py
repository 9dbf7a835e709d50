"""Runs named tests in the current folder, and writes a report of the failures as JSON.

python -m tests.mutants.trial REPORT TEST...

The exit status is pytest's own: 1 when a test failed, 2 and more when the tests could not be run.
"""

import json
import sys
from collections.abc import Generator
from pathlib import Path

import pytest


class FailureRecorder:
    """Records each failure of a test: its error, and its place in the test's file."""

    def __init__(self) -> None:
        self.failures: list[dict[str, str]] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Records a failure."""
        report = yield
        if report.failed and call.excinfo is not None:
            failure = {
                "test": item.nodeid,
                "when": report.when,
                "error": call.excinfo.typename,
                "message": call.excinfo.exconly(tryshort=True),
                **_place(item, call.excinfo),
            }
            self.failures.append(failure)
        return report


def _place(item: pytest.Item, error: pytest.ExceptionInfo[BaseException]) -> dict[str, str]:
    """Returns the line of the test's own file that the error has passed."""
    for entry in reversed(error.traceback):
        if entry.path == item.path:
            place = f"{item.path.relative_to(item.config.rootpath)}:{entry.lineno + 1}"
            return {"place": place, "line": " ".join(str(entry.statement).split())}
    return {"place": item.nodeid, "line": ""}


def main(report: str, tests: list[str]) -> int:
    """Runs the tests and writes the report. Returns the exit status."""
    recorder = FailureRecorder()
    # the caller limits the time, because a test that does not end counts as a timeout and not as a failure
    options = ["-q", "-p", "no:cacheprovider", "--timeout=0", "--no-header", "--tb=short"]
    status = pytest.main([*options, *tests], plugins=[recorder])
    Path(report).write_text(json.dumps(recorder.failures))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
