"""The torture run as a command; see `chaos`.

make chaos                                      2,000 payments
make chaos ARGS="--payments 200 --seed 7"       a short one, repeatable

Exit status 0 only when no rule was broken.
"""

import argparse
import asyncio
import contextlib
import random
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from rich.text import Text

from chaos.report import Report, tell
from chaos.run import Options, run
from stage.folder import FolderRefused
from stage.processes import ChildFailed
from stage.progress import console

PAYMENTS = 2_000
REPORTS = Path(".chaos")
"""Where a run leaves its report unless it is told otherwise."""
_LARGEST_SEED = 1_000_000_000


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def arguments() -> argparse.Namespace:
    """The command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m chaos", description="Payments under faults and injuries."
    )
    parser.add_argument("--payments", type=_count, default=PAYMENTS, metavar="N")
    parser.add_argument("--seed", type=_count, metavar="S", help="default: another one each time")
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


async def _until_stopped(options: Options) -> Report | None:
    """The report; None when a signal came first."""
    running = asyncio.create_task(run(options, console()))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        return await running
    return None


def main() -> int:
    """Run: 0 no rule was broken, 1 one was, or the run could not be made."""
    given = arguments()
    seed = given.seed or random.randint(1, _LARGEST_SEED)
    folder = given.folder or Path(tempfile.mkdtemp(prefix="holdfast-chaos-"))
    out = console()
    out.print(Text(f"{given.payments} payments, seed {seed}, logs in {folder}"), soft_wrap=True)
    try:
        report = asyncio.run(_until_stopped(Options(given.payments, seed, folder)))
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
