"""One program with many environments, for the price of one start: its modules are imported once.

`python -m tests.support.services.forking FILE` reads a JSON list of environments, and writes the exit status
and the standard error of each.
"""

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[3]
WITHIN = 60.0
"""Seconds."""

Environment = Mapping[str, str]
Outcome = tuple[int, str]


def outcomes(file: str, environments: Sequence[Environment]) -> list[Outcome]:
    """Returns the outcome of the program in each environment, which holds no other variables."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.services.forking", file],
        input=json.dumps(
            [{"PATH": os.environ["PATH"], "HOME": "/nonexistent", **each} for each in environments]
        ),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=True,
    )
    return [(status, output) for status, output in json.loads(done.stdout)]


def _outcome(file: str, environment: Environment) -> Outcome:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(writing, sys.stderr.fileno())
        os.close(writing)
        os.environ.clear()
        os.environ.update(environment)
        runpy.run_path(file, run_name="__main__")
    os.close(writing)
    with os.fdopen(reading) as pipe:
        output = pipe.read()
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), output


def main(file: str) -> None:
    """Runs the program in each environment, and writes the outcomes as JSON."""
    import_module(Path(file).stem)
    sys.stdout.write(json.dumps([_outcome(file, environment) for environment in json.load(sys.stdin)]))


if __name__ == "__main__":
    main(sys.argv[1])
