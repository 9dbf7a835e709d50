"""The quiet account's wait beside a busy one, measured for real, and what is told of it."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tests.support.tools.running_demo import ROOT, children_of, reads_proc
from tools.bench.crowd import ALONE, FIRST_COME, IN_TURN, Waits
from tools.bench.fairness import tell, times_shorter, wire

WITHIN = 300
"""Seconds; it takes about 60 on an idle machine."""
MEASURES = {
    ALONE.name: Waits([0.1, 0.1], [], [0, 0]),
    IN_TURN.name: Waits([0.5, 1.5, 1.0], [], [4, 9, 5]),
    FIRST_COME.name: Waits([8.0, 12.0, 10.0], ["busy-1"], [40, 60, 50]),
}


def test_the_ratio_is_that_of_the_medians() -> None:
    assert times_shorter(MEASURES) == 10.0
    assert wire(MEASURES)["timesShorter"] == 10.0


def test_the_table_tells_every_way_and_every_violation() -> None:
    out = Console(file=io.StringIO(), width=120)
    tell(out, MEASURES)
    assert isinstance(out.file, io.StringIO)
    said = out.file.getvalue()
    assert all(name in said for name in MEASURES)
    assert "waits 10 times shorter" in said
    assert f"VIOLATION  {FIRST_COME.name}: busy-1" in said


@pytest.mark.soak
@reads_proc
@pytest.mark.timeout(WITHIN + 20)
def test_a_busy_account_does_not_starve_a_quiet_one(tmp_path: Path) -> None:
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
    told = json.loads(report.read_text())
    assert told["violations"] == []
    # the best of each: a server is fair on the whole, and not in every single case
    served = {name: min(each["servedBefore"]) for name, each in told["measures"].items()}
    assert served[ALONE.name] == 0
    assert served[IN_TURN.name] < served[FIRST_COME.name]
    assert all(children_of(folder / str(number)) == {} for number in range(3))
