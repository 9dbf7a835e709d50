"""One run of the command line, in which every failure becomes one or two lines on standard error."""

import sys
from collections.abc import Sequence

import typer.main
from typer.exceptions import TyperException

from holdfast.cli.app import app
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.failure import CommandFailed, failure_of
from holdfast.cli.output import ClosedPipe
from holdfast.cli.terminal_text import printable
from holdfast.errors import HoldfastError
from holdfast.result_info import masked

PROGRAM = "holdfast"


def invoke(arguments: Sequence[str]) -> int:
    """Runs one command. Returns the exit status, and writes a failure to standard error."""
    command = typer.main.get_command(app)
    try:
        return int(command.main(list(arguments), prog_name=PROGRAM, standalone_mode=False) or ExitStatus.OK)
    except CommandFailed as failure:
        return _failed(failure)
    except HoldfastError as error:
        return _failed(failure_of(error))
    except TyperException as error:
        return _misused(error)
    except (ClosedPipe, BrokenPipeError):
        return ExitStatus.CLOSED_PIPE
    except (KeyboardInterrupt, typer.Abort):
        return ExitStatus.INTERRUPTED


def _failed(failure: CommandFailed) -> ExitStatus:
    sys.stderr.write(printable(f"{PROGRAM}: {failure.message}\n{failure.advice}\n"))
    return failure.status


def _misused(error: TyperException) -> ExitStatus:
    """Reports an argument or option that the command does not accept, and where its help is.

    The message may repeat what was typed, which must not be a card number.
    """
    context: typer.Context | None = getattr(error, "ctx", None)
    path = context.command_path if context is not None else PROGRAM
    sys.stderr.write(printable(f"{path}: {masked(error.format_message())} Try `{path} --help`.\n"))
    return ExitStatus.USAGE
