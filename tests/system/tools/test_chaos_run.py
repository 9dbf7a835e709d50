"""A short run with real processes: it ends, no rule is broken, and no process is left."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tools.running_demo import processes_of, reads_proc
from tools.local_stack.processes import ROOT

pytestmark = reads_proc
PAYMENTS, SEED = 40, 3
WITHIN = 280
"""Seconds; it takes about 20 on an idle machine."""


def chaos(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "tools.chaos", "--seed", str(SEED), "--folder", str(folder), *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.timeout(300)
def test_short_run_has_no_violation(tmp_path: Path) -> None:
    folder, report = tmp_path / "chaos", tmp_path / "report.json"
    process = chaos(folder, "--payments", str(PAYMENTS), "--report", str(report))
    output, _ = process.communicate(timeout=WITHIN)
    assert process.returncode == 0, output
    assert "no violations" in output
    content = json.loads(report.read_text())
    assert content["violations"] == []
    assert content["repeat"] == f'make chaos ARGS="--payments {PAYMENTS} --seed {SEED}"'
    assert sum(content["statuses"].values()) == sum(content["kinds"].values()) == PAYMENTS
    assert content["statuses"]["CAPTURED"] > PAYMENTS / 4
    assert sum(content["processFaults"].values()) > 3
    assert sum(content["gatewayFaults"].values()) > 10
    assert content["calls"]["authorize"]["answered"] >= PAYMENTS
    assert processes_of(folder) == {}


def test_signal_ends_the_run_and_leaves_no_process(tmp_path: Path) -> None:
    folder = tmp_path / "chaos"
    process = chaos(folder, "--payments", "400")
    assert process.stdout is not None
    # among faults, while a killed process is about to be started again
    assert any(re.search(r" [1-9]\d* process fault", line) for line in process.stdout)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output.rstrip().endswith("stopped by a signal"), output
    assert processes_of(folder) == {}


@pytest.mark.parametrize("wrong", [["--payments", "0"], ["--payments", "many"], ["--seed", "-1"]])
def test_wrong_command_line_is_refused(tmp_path: Path, wrong: list[str]) -> None:
    output, _ = (process := chaos(tmp_path / "chaos", *wrong)).communicate(timeout=60)
    assert process.returncode == 2
    assert wrong[0] in output
