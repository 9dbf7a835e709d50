"""Removes every protection once and expects the test that is named for it to fail.

make mutants                                    all of them
make mutants ARGS="--only capture --jobs 1"     those whose name contains a word, one at a time

The exit status is 0 only when each mutant is killed by its own test.
"""

import argparse
import asyncio
import os
import subprocess
import sys
from pathlib import Path

from tests.mutants.protections import protections
from tests.mutants.report import print_result, print_summary, write_json
from tests.mutants.run import Verdict, run
from tools.local_stack.command_line import console


def arguments() -> argparse.Namespace:
    """Parses the command line. Exits with status 2 when it is invalid."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description="Removes each protection once and runs its test."
    )
    parser.add_argument(
        "--only", default="", metavar="WORD", help="only protections whose name contains WORD"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="number of mutants that run at the same time",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the results as JSON")
    return parser.parse_args()


def main() -> int:
    """Runs the mutants. Returns 0 when each was killed, otherwise 1, also when the run was not possible."""
    options, out = arguments(), console()
    chosen = [entry for entry in protections() if options.only in entry.name]
    try:
        results = asyncio.run(run(chosen, max(options.jobs, 1), lambda result: print_result(out, result)))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"python -m tests.mutants: {error}\n")
        return 1
    print_summary(out, results)
    if options.json:
        write_json(options.json, results)
    return 0 if results and all(result.verdict is Verdict.KILLED for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
