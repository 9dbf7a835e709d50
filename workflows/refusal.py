"""How a workflow refuses: an error as Temporal carries it to a client in any language."""

from temporalio.exceptions import ApplicationError

from holdfast.errors import HoldfastError


def refusal(error: HoldfastError) -> ApplicationError:
    """The error as Temporal carries it: its type is the name of the exception a Python merchant catches."""
    return ApplicationError(str(error), type=type(error).__name__, non_retryable=True)
