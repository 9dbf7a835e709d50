"""From Temporal's errors to those a merchant can act on."""

from temporalio.client import (
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from payments.errors import (
    REFUSALS,
    HoldfastError,
    PaymentEnded,
    PaymentNotFound,
    PaymentStopped,
    PaymentUnavailable,
)

TEMPORAL_ERRORS = (
    RPCError,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
CLOSED = "the payment has ended"


def is_busy(error: RPCError) -> bool:
    """Whether the server asks to be called again in a moment."""
    return error.status is RPCStatusCode.RESOURCE_EXHAUSTED


def translated(error: Exception) -> HoldfastError:
    """The error a merchant sees instead of Temporal's."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, ApplicationError) and cause.type in REFUSALS:
        return REFUSALS[cause.type](cause.message)
    if isinstance(error, WorkflowFailureError):
        return PaymentStopped(
            "the payment's workflow was stopped by an operator: the gateway knows what is held"
        )
    if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
        ended = "already completed" in error.message
        return PaymentEnded(CLOSED) if ended else PaymentNotFound("no payment has this reference")
    return PaymentUnavailable(
        f"Temporal did not answer ({type(error).__name__}): the same call may be made again"
    )
