"""Two rounds with real processes: payments continue, each is authorized once, and no process is left."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tools.running_demo import processes_of, reads_proc
from tools.bench.recovery import RESPONSE_TIME
from tools.local_stack.processes import ROOT

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
def test_payment_continues_after_the_worker_with_its_pay_call_is_killed(tmp_path: Path) -> None:
    folder, report = tmp_path / "bench", tmp_path / "report.json"
    done = bench(folder, "--rounds", "2", "--report", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "one live authorization per order" in done.stdout
    content = json.loads(report.read_text())
    assert (content["rounds"], content["violations"]) == (2, [])
    for figures in content["measures"].values():
        assert 0 < figures["best"] <= figures["median"] <= figures["worst"] == max(figures["all"])
    called = content["measures"]["pay call at the gateway again"]
    assert called["worst"] < RESPONSE_TIME, "no worker has waited for the lost response"
    assert processes_of(folder) == {}


@pytest.mark.parametrize("wrong", [["--rounds", "0"], ["--rounds", "many"]])
def test_wrong_command_line_is_refused(tmp_path: Path, wrong: list[str]) -> None:
    done = bench(tmp_path / "bench", *wrong)
    assert done.returncode == 2
    assert "--rounds" in done.stderr
