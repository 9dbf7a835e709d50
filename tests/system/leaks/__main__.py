"""The second half of `make soak`: runs every scenario encrypted, with a marked person, and scans the rest.

The scenarios that send plain text on purpose are left out: an operator's command line without a codec server,
and a worker without a key.

python -m tests.system.leaks [-k EXPRESSION]    takes the options of pytest, to select scenarios
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.leaks.scanned import FOUND, SCAN
from tests.support.leaks.search import Finding, card_data_in, person_in
from tests.support.replay.stored_histories import ROOT
from tests.system.leaks.verbose import without_locals

_RECONCILIATION = "tests/scenarios/reconciliation/test_difference_is_reported_once.py::test_"
PLAIN_TEXT_SCENARIOS = (
    f"{_RECONCILIATION}documented_commands_reconcile_and_acknowledge",
    f"{_RECONCILIATION}documented_command_reconciles_one_payment",
    f"{_RECONCILIATION}documented_command_creates_the_same_schedule",
    "tests/scenarios/security/test_missing_codec_key_loses_no_payment.py"
    "::test_worker_without_the_codec_key_leaves_the_payment_unchanged_until_it_has_the_key[none]",
)


def main() -> int:
    """Runs and scans; returns 1 when a scenario failed, or for any finding."""
    started_at = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="holdfast-leaks-") as name:
        folder = Path(name)
        status = _run_scenarios(folder)
        lines = (folder / FOUND).read_text().splitlines() if (folder / FOUND).exists() else []
        found = [line for line in lines if not line.startswith("searched")]
        searched = [line for line in lines if line.startswith("searched")]
        files = [file for file in folder.rglob("*") if file.is_file() and file.name != FOUND]
        size = sum(file.stat().st_size for file in files)
        found += [str(finding) for file in files for finding in _leaks_of(file)]
    seconds = time.monotonic() - started_at
    summary = [
        *sorted({*found}),
        *searched,
        f"leak scan: {len(searched)} servers, {len(files)} files of {size / 1e6:.0f} MB, found "
        f"{len({*found})}, scenarios {'failed' if status else 'passed'}, {seconds:.0f} s",
    ]
    sys.stdout.write("\n".join([*summary, ""]))
    return int(bool(status or found or not searched))


def _run_scenarios(folder: Path) -> int:
    chosen = sys.argv[1:]
    left_out = [f"--deselect={test}" for test in PLAIN_TEXT_SCENARIOS]
    scenarios = [sys.executable, "-m", "pytest", "-q", "tests/scenarios", *left_out, *chosen]
    logs = [
        f"--basetemp={folder / 'tmp'}",
        f"--log-file={folder / 'scenarios.log'}",
        "--log-file-level=DEBUG",
    ]
    environment = {**os.environ, SCAN: str(folder)}
    return subprocess.run([*scenarios, *logs], cwd=ROOT, env=environment, check=False).returncode


def _leaks_of(file: Path) -> Iterator[Finding]:
    data = file.read_bytes()
    yield from card_data_in(file.name, data)
    yield from person_in(file.name, without_locals(data))


if __name__ == "__main__":
    sys.exit(main())
