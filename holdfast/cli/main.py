"""The entry point of the command line, which also answers where the extra `cli` is not installed."""

import os
import sys
from contextlib import suppress
from typing import NoReturn

from holdfast.cli.exit_status import ExitStatus

EXTRA = frozenset({"typer", "rich"})
"""The packages of the extra `cli` that the commands import."""
_MISSING = "holdfast: the command line is an extra: run pip install 'holdfast-antom[cli]'\n"


def main() -> NoReturn:
    """Runs the command of the process's arguments, and ends the process with its exit status."""
    try:
        from holdfast.cli.invocation import invoke
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        sys.stderr.write(_MISSING)
        sys.exit(ExitStatus.USAGE)
    _end(invoke(sys.argv[1:]))


def _end(status: int) -> NoReturn:
    """Ends the process without tearing down the interpreter.

    Threads of Temporal's SDK outlive its client. Such a thread aborts the process when it calls into an
    interpreter that is being torn down.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):
            stream.flush()
    os._exit(status)
