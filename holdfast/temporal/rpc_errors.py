"""Converts Temporal's errors to the errors of the merchant's client."""

from temporalio.client import (
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from holdfast.errors import (
    REFUSALS,
    HoldfastError,
    PaymentEnded,
    PaymentNotFound,
    PaymentStopped,
    PaymentUnavailable,
    RateLimited,
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

_UPDATES_USED_UP = "limit on the total number of distinct updates"
_UPDATE_ABORTED = "workflow update was aborted"
_NOT_READY = "WorkflowNotReadyFailure"
_UNPROCESSED_UPDATE = "UnprocessedUpdate"
_RETRYABLE = (RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED)


def is_retryable(error: RPCError | WorkflowUpdateFailedError) -> bool:
    """Returns whether the same call can succeed after a short delay.

    This is the case for an overloaded server, for a timeout, and for an update that the server has dropped:

    - A busy server aborts updates that no worker has accepted yet, with UNAVAILABLE.
    - The server accepts no updates while a workflow's task keeps failing, for instance on a build that
      cannot continue the workflow, until that build is rolled back.
    - A worker that evicts a payment's state (ADR 0008) can lose an update with it; the server then rejects
      the update as unprocessed.
    """
    if isinstance(error, WorkflowUpdateFailedError):
        return isinstance(error.cause, ApplicationError) and error.cause.type == _UNPROCESSED_UPDATE
    is_dropped = error.status is RPCStatusCode.UNAVAILABLE and _UPDATE_ABORTED in error.message
    return is_dropped or error.status in _RETRYABLE or _is_about(error, _NOT_READY)


def to_holdfast_error(error: Exception) -> HoldfastError:
    """Returns the error that the merchant's client raises instead of Temporal's."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, ApplicationError) and cause.type in REFUSALS:
        return REFUSALS[cause.type](cause.message)
    if isinstance(error, WorkflowFailureError):
        return PaymentStopped("the payment's workflow was stopped by an operator: the gateway has its status")
    if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
        return _not_found(error)
    if isinstance(error, RPCError) and _UPDATES_USED_UP in error.message:
        return RateLimited("Temporal accepts no further update of this payment, its limit is used up")
    return PaymentUnavailable(
        f"Temporal did not answer ({type(error).__name__}): the same call may be made again"
    )


_CLOSED_MEANWHILE = ("already completed", "aborted by closing workflow")


def _not_found(error: RPCError) -> HoldfastError:
    if _is_about(error, "NamespaceNotFoundFailure"):
        return PaymentUnavailable("Temporal has no such namespace: check TEMPORAL_NAMESPACE")
    if any(words in error.message for words in _CLOSED_MEANWHILE):
        return PaymentEnded(CLOSED)
    return PaymentNotFound("no payment has this reference")


def _is_about(error: RPCError, failure: str) -> bool:
    return any(detail.type_url.endswith(failure) for detail in error.grpc_status.details)
