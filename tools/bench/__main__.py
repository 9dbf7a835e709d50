"""The benchmark as a command; see `bench`.

make bench                                              20 rounds
make bench ARGS="--rounds 50 --report recovery.json"    more, and as JSON

Exit status 0 only when every payment was authorized once.
"""

import argparse
import sys
from pathlib import Path

import httpx
from rich.console import Console

from tools.bench.recovery import Bench, Recovery, RoundFailed
from tools.bench.report import Report, tell
from tools.chaos.machine import opened
from tools.demo.folder import prepared
from tools.local_stack.command_line import count, reported
from tools.local_stack.processes import Children
from workflows.timing import HEARTBEAT

ROUNDS = 20


def arguments() -> argparse.Namespace:
    """The command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench", description="How soon a payment goes on when its worker is killed."
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
    given = arguments()

    def is_right(out: Console, report: Report) -> bool:
        tell(out, report)
        if given.report:
            report.write(given.report)
        return not report.violations

    return reported(
        "bench",
        f"{given.rounds} rounds",
        folder=given.folder,
        work=lambda folder, out: measured(given.rounds, folder, out),
        is_right=is_right,
        failures=(RoundFailed,),
    )


if __name__ == "__main__":
    sys.exit(main())
