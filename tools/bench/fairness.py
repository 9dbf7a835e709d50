"""The measurement of `tools.bench.crowd` as a command.

make bench-fairness                                              20 payments each way
make bench-fairness ARGS="--payments 50 --report fairness.json"  more, and as JSON

Exit status 0 only when every payment was authorized once.
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

from tools.bench.crowd import (
    ANSWER_AFTER,
    BUSY,
    FIRST_COME,
    IN_TURN,
    PLACES,
    WAYS,
    MeasurementFailed,
    Waits,
    measured,
)
from tools.bench.report import summary
from tools.demo.folder import prepared
from tools.local_stack.command_line import count, reported

PAYMENTS = 20
Measures = Mapping[str, Waits]


def arguments() -> argparse.Namespace:
    """The command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.fairness", description="How long a quiet account waits beside a busy one."
    )
    parser.add_argument("--payments", type=count, default=PAYMENTS, metavar="N", help="of the quiet account")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where to write the report as JSON")
    parser.add_argument(
        "--folder", type=Path, help="databases, logs (default: a new one, deleted when all is right)"
    )
    return parser.parse_args()


async def all_ways(payments: int, path: Path) -> Measures:
    """Measure every way, each on a server of its own.

    Raises MeasurementFailed, ChildFailed, FolderRefused, and OSError when time is up, or when folder or ports
    cannot be had.
    """
    found = {}
    for number, way in enumerate(WAYS):
        with prepared(path / str(number)) as (folder, _):
            found[way.name] = await measured(way, payments, folder)
    return found


def times_shorter(measures: Measures) -> float:
    """How many times longer the quiet account waits where nobody looks whose turn it is; medians."""
    unfair, fair = (median(measures[way.name].quiet) for way in (FIRST_COME, IN_TURN))
    return round(unfair / fair, 1)


def wire(measures: Measures) -> dict[str, object]:
    """As JSON; seconds."""
    return {
        "settings": {"busy": BUSY, "places": PLACES, "busyGatewaySeconds": ANSWER_AFTER},
        "measures": {
            name: {**summary(each.quiet), "all": each.quiet, "servedBefore": each.served_before}
            for name, each in measures.items()
        },
        "timesShorter": times_shorter(measures),
        "violations": violations(measures),
    }


def violations(measures: Measures) -> list[str]:
    """What the gateway's ledger says against the payments."""
    return [f"{name}: {order}" for name, each in measures.items() for order in each.violations]


def tell(out: Console, measures: Measures) -> None:
    """The table, and a line for each violation."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("seconds until a payment of the quiet account is authorized", no_wrap=True)
    for name in ("median", "worst", "best"):
        table.add_column(name, justify="right")
    for name, each in measures.items():
        table.add_row(name, *(f"{value:.1f}" for value in summary(each.quiet).values()))
    out.print(table)
    out.print(f"{BUSY} payments under way of the busy account, one of the quiet one, {PLACES} places")
    out.print(f"in turn the quiet account waits {times_shorter(measures):g} times shorter (medians)")
    for violation in violations(measures):
        out.print(Text(f"VIOLATION  {violation}"), soft_wrap=True)


def main() -> int:
    """Run: 0 all is right, 1 a payment was held twice, or the run could not be made."""
    given = arguments()

    def is_right(out: Console, measures: Measures) -> bool:
        tell(out, measures)
        if given.report:
            given.report.write_text(json.dumps(wire(measures), indent=2) + "\n")
        return not violations(measures)

    return reported(
        "tools.bench.fairness",
        f"{given.payments} payments, {len(WAYS)} ways",
        folder=given.folder,
        work=lambda folder, _: all_ways(given.payments, folder),
        is_right=is_right,
        failures=(ExceptionGroup, MeasurementFailed),
    )


if __name__ == "__main__":
    sys.exit(main())
