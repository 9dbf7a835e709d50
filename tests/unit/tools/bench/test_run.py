"""Two rounds with real processes: payments go on, nothing is charged twice, nothing is left running."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tools.running_demo import ROOT, children_of, reads_proc
from tools.bench.recovery import ANSWER_AFTER

WITHIN = 240
"""Seconds; it takes about 45 on an idle machine."""


def bench(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tools.bench", "--folder", str(folder), *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )


@pytest.mark.soak
@reads_proc
@pytest.mark.timeout(WITHIN + 20)
def test_a_payment_goes_on_when_the_worker_with_its_pay_call_is_killed(tmp_path: Path) -> None:
    folder, report = tmp_path / "bench", tmp_path / "report.json"
    done = bench(folder, "--rounds", "2", "--report", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "one live authorization per order" in done.stdout
    told = json.loads(report.read_text())
    assert (told["rounds"], told["violations"]) == (2, [])
    for figures in told["measures"].values():
        assert 0 < figures["best"] <= figures["median"] <= figures["worst"] == max(figures["all"])
    called = told["measures"]["pay call at the gateway again"]
    assert called["worst"] < ANSWER_AFTER, "nobody has waited for the answer that nobody could read"
    assert children_of(folder) == {}


@pytest.mark.parametrize("wrong", [["--rounds", "0"], ["--rounds", "many"]])
def test_a_wrong_command_line_is_refused(tmp_path: Path, wrong: list[str]) -> None:
    done = bench(tmp_path / "bench", *wrong)
    assert done.returncode == 2
    assert "--rounds" in done.stderr
