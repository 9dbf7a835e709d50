"""The torture run as a command; see `chaos`.

make chaos                                      2,000 payments
make chaos ARGS="--payments 200 --seed 7"       a short one, repeatable

Exit status 0 only when no rule was broken.
"""

import argparse
import random
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tools.chaos.report import Report, tell
from tools.chaos.run import Options, run
from tools.local_stack.command_line import count, reported

PAYMENTS = 2_000
REPORTS = Path(".chaos")
"""Where a run leaves its report unless it is told otherwise."""
_LARGEST_SEED = 1_000_000_000


def arguments() -> argparse.Namespace:
    """The command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.chaos", description="Payments under faults and injuries."
    )
    parser.add_argument("--payments", type=count, default=PAYMENTS, metavar="N")
    parser.add_argument("--seed", type=count, metavar="S", help="default: another one each time")
    parser.add_argument(
        "--folder",
        type=Path,
        help="database, keys, logs, histories (default: a new one, deleted when all is right)",
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help=f"where to write the report as JSON (default: {REPORTS}/SEED.json)",
    )
    return parser.parse_args()


def main() -> int:
    """Run: 0 no rule was broken, 1 one was, or the run could not be made."""
    given = arguments()
    seed = given.seed or random.randint(1, _LARGEST_SEED)
    file = given.report or REPORTS / f"{seed}.json"

    def is_right(out: Console, report: Report) -> bool:
        report.write(file)
        tell(out, report)
        out.print(Text(f"report: {file}"), soft_wrap=True)
        return not report.violations

    return reported(
        "chaos",
        f"{given.payments} payments, seed {seed}",
        folder=given.folder,
        work=lambda folder, out: run(Options(given.payments, seed, folder), out),
        is_right=is_right,
    )


if __name__ == "__main__":
    sys.exit(main())
