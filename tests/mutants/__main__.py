"""Every protection taken away once, and the test named that notices.

make mutants                                    all of them
make mutants ARGS="--only capture --jobs 1"     those with a word in their name, one at a time

Exit status 0 only when each mutant is killed by its own test.
"""

import argparse
import asyncio
import os
import subprocess
import sys
from pathlib import Path

from tests.mutants.protections import protections
from tests.mutants.report import tell, tell_one, write
from tests.mutants.run import Verdict, run
from tools.local_stack.command_line import console


def arguments() -> argparse.Namespace:
    """The command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description="Each protection taken away once."
    )
    parser.add_argument("--only", default="", metavar="WORD", help="protections with this in their name")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="at a time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the results as JSON")
    return parser.parse_args()


def main() -> int:
    """Run: 0 each mutant was killed, 1 one was not, or the run could not be made."""
    given, out = arguments(), console()
    chosen = [entry for entry in protections() if given.only in entry.name]
    try:
        results = asyncio.run(run(chosen, max(given.jobs, 1), lambda result: tell_one(out, result)))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"python -m tests.mutants: {error}\n")
        return 1
    tell(out, results)
    if given.json:
        write(given.json, results)
    return 0 if results and all(result.verdict is Verdict.KILLED for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
