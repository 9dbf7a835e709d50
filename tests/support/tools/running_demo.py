"""`python -m tools.demo` as a person runs it, on a machine without a home directory."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROC = Path("/proc")
reads_proc = pytest.mark.skipif(not PROC.exists(), reason="reads /proc")
"""What a process was started with, and what memory it has had at most, cannot be asked for in a portable way;
without the answer such a test finds nothing left running, whatever is."""


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A running demo; killed at the end of the block if it still runs."""
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


def says(process: "subprocess.Popen[str]", words: str) -> None:
    """Read what it prints until a line holds the words."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError(f"never said {words!r}: {''.join(said)}")


def children_of(folder: Path) -> dict[int, str]:
    """What runs for this demo, whoever its parent is by now: its children have the folder as their HOME."""
    mark = f"HOME={folder.resolve()}".encode()
    found = {int(pid.name): _command(pid, mark) for pid in PROC.glob("[0-9]*")}
    return {number: command for number, command in found.items() if command}


def _command(pid: Path, mark: bytes) -> str:
    try:
        variables = (pid / "environ").read_bytes().split(b"\0")
        return (pid / "cmdline").read_text().replace("\0", " ") if mark in variables else ""
    except OSError:
        return ""
