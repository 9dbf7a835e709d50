"""The torture run as a command; see `chaos`.

make chaos                                      2,000 payments
make chaos ARGS="--payments 200 --seed 7"       a short one, repeatable

Exit status 0 only when no rule was broken.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from pathlib import Path

from rich.text import Text

from chaos.report import tell
from chaos.run import Options, run
from stage.command import count, until_stopped
from stage.folder import FolderRefused
from stage.processes import ChildFailed
from stage.progress import console

PAYMENTS = 2_000
REPORTS = Path(".chaos")
"""Where a run leaves its report unless it is told otherwise."""
_LARGEST_SEED = 1_000_000_000


def arguments() -> argparse.Namespace:
    """The command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m chaos", description="Payments under faults and injuries."
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
    folder = given.folder or Path(tempfile.mkdtemp(prefix="holdfast-chaos-"))
    out = console()
    out.print(Text(f"{given.payments} payments, seed {seed}, logs in {folder}"), soft_wrap=True)
    try:
        report = asyncio.run(until_stopped(run(Options(given.payments, seed, folder), out)))
    except (ChildFailed, FolderRefused, OSError) as error:
        sys.stderr.write(f"python -m chaos: {error}\n")
        return 1
    if report is None:
        sys.stderr.write("python -m chaos: stopped by a signal\n")
        return 1
    file = given.report or REPORTS / f"{seed}.json"
    report.write(file)
    tell(out, report)
    out.print(Text(f"report: {file}"), soft_wrap=True)
    if report.violations:
        return 1
    if given.folder is None:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
