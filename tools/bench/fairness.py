"""The measurement of `tools.bench.waiting_times` as a command.

make bench-fairness                                              20 payments in each setup
make bench-fairness ARGS="--payments 50 --report fairness.json"  more, and as JSON

The exit status is 0 only when every payment was authorized once.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tools.bench.report import summary
from tools.bench.waiting_times import (
    BUSY,
    CONCURRENCY,
    FIRST_COME,
    IN_TURN,
    RESPONSE_TIME,
    SETUPS,
    MeasurementFailed,
    WaitingTimes,
    measure,
)
from tools.local_stack.command_line import count, run_and_report
from tools.local_stack.folder import prepared

PAYMENTS = 20
Measures = Mapping[str, WaitingTimes]


def arguments() -> argparse.Namespace:
    """Parses the command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.fairness", description="How long a quiet account waits beside a busy one."
    )
    parser.add_argument("--payments", type=count, default=PAYMENTS, metavar="N", help="of the quiet account")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where to write the report as JSON")
    parser.add_argument(
        "--folder", type=Path, help="databases, logs (default: a new one, deleted after a good result)"
    )
    return parser.parse_args()


async def measure_all(payments: int, path: Path) -> Measures:
    """Measures every setup, each on a server of its own.

    Raises MeasurementFailed, ProcessFailed, FolderRefused, and OSError when a measurement takes too long, or
    when folder or ports are not available.
    """
    found = {}
    for number, setup in enumerate(SETUPS):
        with prepared(path / str(number)) as (folder, _):
            found[setup.name] = await measure(setup, payments, folder)
    return found


def times_shorter(measures: Measures) -> float:
    """Returns how many times longer the quiet account waits without fairness; medians."""
    unfair, fair = (median(measures[setup.name].quiet) for setup in (FIRST_COME, IN_TURN))
    return round(unfair / fair, 1)


def to_json(measures: Measures) -> dict[str, object]:
    """Returns the measurements as JSON; times in seconds."""
    return {
        "settings": {"busy": BUSY, "concurrency": CONCURRENCY, "busyGatewaySeconds": RESPONSE_TIME},
        "measures": {
            name: {**summary(each.quiet), "all": each.quiet, "servedBefore": each.served_before}
            for name, each in measures.items()
        },
        "timesShorter": times_shorter(measures),
        "violations": violations(measures),
    }


def violations(measures: Measures) -> list[str]:
    """Returns the orders that were authorized twice, by the gateway's ledger."""
    return [f"{name}: {order}" for name, each in measures.items() for order in each.violations]


def print_report(out: Console, measures: Measures) -> None:
    """Prints the table, and a line for each violation."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("seconds until a payment of the quiet account is authorized", no_wrap=True)
    for name in ("median", "worst", "best"):
        table.add_column(name, justify="right")
    for name, each in measures.items():
        table.add_row(name, *(f"{value:.1f}" for value in summary(each.quiet).values()))
    out.print(table)
    out.print(
        f"{BUSY} payments of the busy account at once, one of the quiet one, {CONCURRENCY} activities at once"
    )
    out.print(f"in turn the quiet account waits {times_shorter(measures):g} times shorter (medians)")
    for violation in violations(measures):
        out.print(Text(f"VIOLATION  {violation}"), soft_wrap=True)


def main() -> int:
    """Runs; returns 0 when every payment was authorized once, 1 when one was not or the run failed."""
    given = arguments()

    def report(out: Console, measures: Measures) -> bool:
        print_report(out, measures)
        if given.report:
            given.report.write_text(json.dumps(to_json(measures), indent=2) + "\n")
        return not violations(measures)

    return run_and_report(
        "tools.bench.fairness",
        f"{given.payments} payments, {len(SETUPS)} setups",
        folder=given.folder,
        work=lambda folder, _: measure_all(given.payments, folder),
        report=report,
        failures=(ExceptionGroup, MeasurementFailed),
    )


if __name__ == "__main__":
    sys.exit(main())
