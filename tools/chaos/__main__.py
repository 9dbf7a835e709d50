"""The fault-injection run as a command; see `tools.chaos`.

make chaos                                      2,000 payments
make chaos ARGS="--payments 200 --seed 7"       a short one, repeatable

The exit status is 0 only when no rule was broken.
"""

import argparse
import random
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tools.chaos.report import Report, print_report
from tools.chaos.run import Options, run
from tools.local_stack.command_line import count, run_and_report

PAYMENTS = 2_000
REPORTS = Path(".chaos")
"""The default folder of reports."""
_MAX_SEED = 1_000_000_000


def arguments() -> argparse.Namespace:
    """Parses the command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.chaos", description="Payments under process faults and gateway faults."
    )
    parser.add_argument("--payments", type=count, default=PAYMENTS, metavar="N")
    parser.add_argument("--seed", type=count, metavar="S", help="default: another one each time")
    parser.add_argument(
        "--folder",
        type=Path,
        help="database, keys, logs, histories (default: a new one, deleted after a good result)",
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help=f"where to write the report as JSON (default: {REPORTS}/SEED.json)",
    )
    return parser.parse_args()


def main() -> int:
    """Runs; returns 0 when no rule was broken, 1 when one was or the run failed."""
    given = arguments()
    seed = given.seed or random.randint(1, _MAX_SEED)
    file = given.report or REPORTS / f"{seed}.json"

    def report(out: Console, result: Report) -> bool:
        result.write(file)
        print_report(out, result)
        out.print(Text(f"report: {file}"), soft_wrap=True)
        return not result.violations

    return run_and_report(
        "tools.chaos",
        f"{given.payments} payments, seed {seed}",
        folder=given.folder,
        work=lambda folder, out: run(Options(given.payments, seed, folder), out),
        report=report,
    )


if __name__ == "__main__":
    sys.exit(main())
