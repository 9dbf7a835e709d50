"""`python -m tools.demo` as a subprocess, on a machine without a home directory."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.local_stack.processes import ROOT

PROC = Path("/proc")
reads_proc = pytest.mark.skipif(not PROC.exists(), reason="reads /proc")
"""There is no portable way to read the environment and the memory of a process; without it, such a test would
never find a process that is left."""


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Yields a running demo, which is killed at the end of the block if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "tools.demo", "--folder", str(folder), *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_output(process: "subprocess.Popen[str]", text: str) -> None:
    """Reads what the process prints until a line contains the text."""
    output_until(process, text)


def output_until(process: "subprocess.Popen[str]", text: str) -> str:
    """Returns what the process prints, up to a line that contains the text."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return "".join(lines)
    raise AssertionError(f"did not print {text!r}: {''.join(lines)}")


def processes_of(folder: Path) -> dict[int, str]:
    """Returns the processes of a run by their id, orphans too: all of them have the folder as their HOME."""
    mark = f"HOME={folder.resolve()}".encode()
    found = {int(pid.name): _command(pid, mark) for pid in PROC.glob("[0-9]*")}
    return {number: command for number, command in found.items() if command}


def _command(pid: Path, mark: bytes) -> str:
    try:
        variables = (pid / "environ").read_bytes().split(b"\0")
        return (pid / "cmdline").read_text().replace("\0", " ") if mark in variables else ""
    except OSError:
        return ""


def run_sourced(folder: Path, *command: str) -> str:
    """Returns what a command prints in a shell that has sourced the demo's merchant.env.

    Raises AssertionError with its output when it fails.
    """
    done = subprocess.run(
        ["/bin/sh", "-euc", '. "$0" && exec "$@"', str(folder / "merchant.env"), *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
