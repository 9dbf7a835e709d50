"""The benchmark as a command; see `bench`.

make bench                                              20 rounds
make bench ARGS="--rounds 50 --report recovery.json"    more, and as JSON

Exit status 0 only when every payment was authorized once.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

import httpx
from rich.console import Console
from rich.text import Text

from bench.recovery import Bench, Recovery, RoundFailed
from bench.report import Report, tell
from chaos.machine import opened
from stage.command import count, until_stopped
from stage.folder import FolderRefused, prepared
from stage.processes import ChildFailed, Children
from stage.progress import console
from workflows.timing import HEARTBEAT

ROUNDS = 20


def arguments() -> argparse.Namespace:
    """The command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="How soon a payment goes on when its worker is killed."
    )
    parser.add_argument("--rounds", type=count, default=ROUNDS, metavar="N")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where to write the report as JSON")
    parser.add_argument(
        "--folder", type=Path, help="database, keys, logs (default: a new one, deleted when all is right)"
    )
    return parser.parse_args()


async def measured(rounds: int, path: Path, out: Console) -> Report:
    """Run the rounds; nothing is left running.

    Raises RoundFailed, ChildFailed, FolderRefused, and OSError when folder or ports cannot be had.
    """
    with prepared(path) as (folder, _), Children() as children:
        async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
            machine = await opened(folder, children, http, lambda _: None)
            try:
                bench = Bench(machine, http)
                recoveries = [await _told(bench, pause, out) for pause in _pauses(rounds)]
                return Report(recoveries, await bench.violations())
            finally:
                await machine.close()


def _pauses(rounds: int) -> list[float]:
    """When the worker dies: spread over the time between a heartbeat and its timeout."""
    return [HEARTBEAT.total_seconds() * number / rounds for number in range(rounds)]


async def _told(bench: Bench, pause: float, out: Console) -> Recovery:
    recovery = await bench.round(pause)
    out.print(
        f"killed {pause:4.1f} s into the call: made again after {recovery.called:4.1f} s, "
        f"authorized after {recovery.authorized:4.1f} s"
    )
    return recovery


def main() -> int:
    """Run: 0 all is right, 1 a payment was lost or held twice, or the run could not be made."""
    given, out = arguments(), console()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    out.print(Text(f"{given.rounds} rounds, logs in {folder}"), soft_wrap=True)
    try:
        report = asyncio.run(until_stopped(measured(given.rounds, folder, out)))
    except (RoundFailed, ChildFailed, FolderRefused, OSError) as error:
        sys.stderr.write(f"python -m bench: {error}\n")
        return 1
    if report is None:
        sys.stderr.write("python -m bench: stopped by a signal\n")
        return 1
    tell(out, report)
    if given.report:
        report.write(given.report)
    if report.violations:
        return 1
    if given.folder is None:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
