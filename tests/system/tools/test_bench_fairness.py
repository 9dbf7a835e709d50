"""The waiting time of a quiet account beside a busy one: the measurement and its report."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tests.support.tools.running_demo import processes_of, reads_proc
from tools.bench.fairness import print_report, times_shorter, to_json
from tools.bench.waiting_times import ALONE, FIRST_COME, IN_TURN, WaitingTimes
from tools.local_stack.processes import ROOT

WITHIN = 300
"""Seconds; it takes about 60 on an idle machine."""
MEASURES = {
    ALONE.name: WaitingTimes([0.1, 0.1], [], [0, 0]),
    IN_TURN.name: WaitingTimes([0.5, 1.5, 1.0], [], [4, 9, 5]),
    FIRST_COME.name: WaitingTimes([8.0, 12.0, 10.0], ["busy-1"], [40, 60, 50]),
}


def test_ratio_compares_the_medians() -> None:
    assert times_shorter(MEASURES) == 10.0
    assert to_json(MEASURES)["timesShorter"] == 10.0


def test_table_has_every_setup_and_every_violation() -> None:
    out = Console(file=io.StringIO(), width=120)
    print_report(out, MEASURES)
    assert isinstance(out.file, io.StringIO)
    text = out.file.getvalue()
    assert all(name in text for name in MEASURES)
    assert "waits 10 times shorter" in text
    assert f"VIOLATION  {FIRST_COME.name}: busy-1" in text


@pytest.mark.soak
@reads_proc
@pytest.mark.timeout(WITHIN + 20)
def test_busy_account_does_not_starve_a_quiet_one(tmp_path: Path) -> None:
    folder, report = tmp_path / "bench", tmp_path / "report.json"
    options = ("--folder", str(folder), "--payments", "3", "--report", str(report))
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench.fairness", *options],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    content = json.loads(report.read_text())
    assert content["violations"] == []
    # the minimum of each setup: a server is fair on average, and not for every single task
    served = {name: min(each["servedBefore"]) for name, each in content["measures"].items()}
    assert served[ALONE.name] == 0
    assert served[IN_TURN.name] < served[FIRST_COME.name]
    assert all(processes_of(folder / str(number)) == {} for number in range(3))
