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

from holdfast.errors import (
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


_ABORTED = "workflow update was aborted"
_NOT_READY = "WorkflowNotReadyFailure"
_UNSEEN = "UnprocessedUpdate"
_REPEATED = (RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED)


def may_be_repeated(error: RPCError | WorkflowUpdateFailedError) -> bool:
    """Whether the server asks to be called again in a moment, or nobody answered in time.

    A busy server also forgets updates that no worker has accepted, and says UNAVAILABLE of them; and it takes
    none while a workflow's task fails, as on a build that cannot go on with it, until that is rolled back. A
    worker that forgets a payment's state (ADR 0008) can lose an update with it: the server rejects it unseen.
    """
    if isinstance(error, WorkflowUpdateFailedError):
        return isinstance(error.cause, ApplicationError) and error.cause.type == _UNSEEN
    is_forgotten = error.status is RPCStatusCode.UNAVAILABLE and _ABORTED in error.message
    return is_forgotten or error.status in _REPEATED or _is_about(error, _NOT_READY)


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
        return _not_found(error)
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
