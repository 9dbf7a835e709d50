"""The failures of a command: what happened, what to do, and the exit status."""

from holdfast.cli.exit_status import ExitStatus
from holdfast.errors import (
    CodecKeyError,
    HoldfastError,
    InvalidOrder,
    InvalidRequest,
    InvalidState,
    NoCardVault,
    PaymentNotFound,
    PaymentReferenceReused,
    PaymentStopped,
    PaymentUnavailable,
    ResolutionUnconfirmed,
    TemporalSettingsError,
    TemporalUnavailable,
    WaitTimedOut,
)

READ_IT = "Read the payment with `holdfast show`."
CORRECT_IT = "Correct what is named; --help of the command lists its options."


class CommandFailed(Exception):
    """A command cannot do what it was asked to do.

    Args:
        message: What happened, in one line.
        advice: What the caller can do, in one line.
        status: The exit status of the process.
    """

    def __init__(self, message: str, advice: str, status: ExitStatus) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.status = status


_RULES: tuple[tuple[type[HoldfastError], ExitStatus, str], ...] = (
    (PaymentNotFound, ExitStatus.NOT_FOUND, "Check the reference; `holdfast list` shows the payments."),
    (
        TemporalUnavailable,
        ExitStatus.UNAVAILABLE,
        "With the demo, while it runs: source .demo/merchant.env. `holdfast doctor` checks every setting.",
    ),
    (TemporalSettingsError, ExitStatus.USAGE, "`holdfast doctor` checks every setting."),
    (
        PaymentUnavailable,
        ExitStatus.UNAVAILABLE,
        "`holdfast doctor` finds out what is missing. The same command may be run again.",
    ),
    (
        PaymentStopped,
        ExitStatus.NEEDS_PERSON,
        "Look the payment up in the gateway's dashboard before you do anything else.",
    ),
    (WaitTimedOut, ExitStatus.IN_PROGRESS, READ_IT),
    (CodecKeyError, ExitStatus.USAGE, "Set HOLDFAST_CODEC_KEYS to the keys of the worker."),
    (
        NoCardVault,
        ExitStatus.USAGE,
        "Set HOLDFAST_CARD_VAULT and HOLDFAST_CARD_VAULT_KEYS as for the worker.",
    ),
    (InvalidOrder, ExitStatus.REFUSED, CORRECT_IT),
    (InvalidRequest, ExitStatus.REFUSED, CORRECT_IT),
    (PaymentReferenceReused, ExitStatus.REFUSED, "Choose another reference."),
    (
        ResolutionUnconfirmed,
        ExitStatus.REFUSED,
        "On this command line that is --force. Look at the gateway's dashboard again before you use it.",
    ),
    (InvalidState, ExitStatus.REFUSED, READ_IT),
)
"""The first type that fits an error decides; an error of another type is refused."""


def failure_of(error: HoldfastError) -> CommandFailed:
    """Returns the failure of a command whose call has raised an error of Holdfast."""
    for kind, status, advice in _RULES:
        if isinstance(error, kind):
            return CommandFailed(str(error), advice, status)
    return CommandFailed(str(error) or type(error).__name__, READ_IT, ExitStatus.REFUSED)
