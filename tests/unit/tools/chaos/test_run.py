"""A short run with real processes: it ends, nothing is lost, and nothing is left running."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tools.running_demo import ROOT, children_of, reads_proc

pytestmark = reads_proc
PAYMENTS, SEED = 40, 3
WITHIN = 280
"""Seconds; it takes about 20 on an idle machine."""
EVERYTHING = ("temporal", "simulator", "worker.py", "webhook.py")


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
def test_a_short_run_loses_nothing(tmp_path: Path) -> None:
    folder, report = tmp_path / "chaos", tmp_path / "report.json"
    process = chaos(folder, "--payments", str(PAYMENTS), "--report", str(report))
    said, _ = process.communicate(timeout=WITHIN)
    assert process.returncode == 0, said
    assert "no violations" in said
    told = json.loads(report.read_text())
    assert told["violations"] == []
    assert told["repeat"] == f'make chaos ARGS="--payments {PAYMENTS} --seed {SEED}"'
    assert sum(told["statuses"].values()) == sum(told["kinds"].values()) == PAYMENTS
    assert told["statuses"]["CAPTURED"] > PAYMENTS / 4
    assert sum(told["injuries"].values()) > 3, "there was a storm"
    assert sum(told["faults"].values()) > 10, "and a gateway that fails"
    assert told["calls"]["authorize"]["answered"] >= PAYMENTS
    assert children_of(folder) == {}


def test_a_signal_ends_it_and_leaves_nothing_running(tmp_path: Path) -> None:
    folder = tmp_path / "chaos"
    process = chaos(folder, "--payments", "400")
    assert process.stdout is not None
    # in the middle of the storm, when what is down waits to be started again
    assert any(re.search(r" [1-9]\d* injur", line) for line in process.stdout)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.rstrip().endswith("stopped by a signal"), said
    assert children_of(folder) == {}


@pytest.mark.parametrize("wrong", [["--payments", "0"], ["--payments", "many"], ["--seed", "-1"]])
def test_a_wrong_command_line_is_refused(tmp_path: Path, wrong: list[str]) -> None:
    said, _ = (process := chaos(tmp_path / "chaos", *wrong)).communicate(timeout=60)
    assert process.returncode == 2
    assert wrong[0] in said
