"""The exit statuses of the command line."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit statuses of every command; docs/cli.md documents them for scripts."""

    OK = 0
    """The command has done what it was asked to do."""
    REFUSED = 1
    """A rule of Holdfast or the gateway refused the request."""
    USAGE = 2
    """An argument, an option or a setting cannot be used."""
    UNAVAILABLE = 3
    """Temporal, a worker or the simulator did not answer. The same command may be run again."""
    NOT_FOUND = 4
    """No payment has the reference."""
    NEEDS_PERSON = 5
    """A person must look: a review is open, a difference was found, or a check of `doctor` has failed."""
    IN_PROGRESS = 6
    """The request was accepted and its outcome is not known yet."""
    INTERRUPTED = 130
    """Ctrl-C, as in every shell: 128 and the number of SIGINT."""
    CLOSED_PIPE = 141
    """The reader of the output has closed it: 128 and the number of SIGPIPE."""


MEANINGS = {
    ExitStatus.OK: "done",
    ExitStatus.REFUSED: "refused by a rule, or by the gateway",
    ExitStatus.USAGE: "an argument or a setting cannot be used",
    ExitStatus.UNAVAILABLE: "Temporal, a worker or the simulator did not answer",
    ExitStatus.NOT_FOUND: "no such payment",
    ExitStatus.NEEDS_PERSON: "a person must look",
    ExitStatus.IN_PROGRESS: "accepted, and the outcome is not known yet",
    ExitStatus.INTERRUPTED: "interrupted by Ctrl-C",
    ExitStatus.CLOSED_PIPE: "the reader of the output has closed it",
}
"""What each status means, for `--help`."""
