"""The entry point of the command line, which also answers where the extra `cli` is not installed."""

import sys
from typing import NoReturn

from holdfast.cli.exit_status import ExitStatus
from holdfast.temporal.process_exit import exit_without_teardown

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
    exit_without_teardown(invoke(sys.argv[1:]))
