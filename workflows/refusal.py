"""The errors with which workflows refuse a request, as clients in any language receive them."""

from temporalio.exceptions import ApplicationError

from holdfast.errors import HoldfastError


def refusal(error: HoldfastError) -> ApplicationError:
    """Returns a non-retryable application error, whose type is the name of the Python exception."""
    return ApplicationError(str(error), type=type(error).__name__, non_retryable=True)
