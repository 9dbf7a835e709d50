"""The benchmark as a command; see `tools.bench`.

make bench                                              20 rounds
make bench ARGS="--rounds 50 --report recovery.json"    more, and as JSON

The exit status is 0 only when every payment was authorized once.
"""

import argparse
import sys
from pathlib import Path

import httpx
from rich.console import Console

from tools.bench.recovery import Bench, Recovery, RoundFailed
from tools.bench.report import Report, print_report
from tools.local_stack.command_line import count, run_and_report
from tools.local_stack.folder import prepared
from tools.local_stack.ports import Ports
from tools.local_stack.stack import StackConfig, running_stack
from workflows.timing import HEARTBEAT

ROUNDS = 20
WORKERS = 2


def arguments() -> argparse.Namespace:
    """Parses the command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench", description="How soon a payment continues after its worker was killed."
    )
    parser.add_argument("--rounds", type=count, default=ROUNDS, metavar="N")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where to write the report as JSON")
    parser.add_argument(
        "--folder", type=Path, help="database, keys, logs (default: a new one, deleted after a good result)"
    )
    return parser.parse_args()


async def measure(rounds: int, path: Path, out: Console) -> Report:
    """Runs the rounds; no process is left.

    Raises RoundFailed, ProcessFailed, FolderRefused, and OSError when folder or ports are not available.
    """
    with prepared(path) as (folder, _):
        ports = Ports.free()
        config = StackConfig(folder, ports, workers=WORKERS, webhook_ports=(ports.webhook,))
        async with (
            httpx.AsyncClient(timeout=60, trust_env=False) as http,
            running_stack(config, http) as stack,
        ):
            bench = Bench(stack)
            recoveries = [await _printed(bench, pause, out) for pause in _pauses(rounds)]
            return Report(recoveries, await bench.violations())


def _pauses(rounds: int) -> list[float]:
    """Returns the times of the kills, spread over the time between a heartbeat and its timeout."""
    return [HEARTBEAT.total_seconds() * number / rounds for number in range(rounds)]


async def _printed(bench: Bench, pause: float, out: Console) -> Recovery:
    recovery = await bench.round(pause)
    out.print(
        f"killed {pause:4.1f} s into the call: repeated after {recovery.called:4.1f} s, "
        f"authorized after {recovery.authorized:4.1f} s"
    )
    return recovery


def main() -> int:
    """Runs; returns 0 when every payment was authorized once, 1 when one was not or the run failed."""
    given = arguments()

    def report(out: Console, result: Report) -> bool:
        print_report(out, result)
        if given.report:
            result.write(given.report)
        return not result.violations

    return run_and_report(
        "tools.bench",
        f"{given.rounds} rounds",
        folder=given.folder,
        work=lambda folder, out: measure(given.rounds, folder, out),
        report=report,
        failures=(RoundFailed,),
    )


if __name__ == "__main__":
    sys.exit(main())
