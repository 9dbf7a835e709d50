"""Converts Temporal's errors to the errors of the merchant's client."""

from collections.abc import Iterator

from google.protobuf.any_pb2 import Any
from temporalio.api.errordetails.v1 import MultiOperationExecutionFailure
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
    TemporalUnavailable,
    UnavailableReason,
)
from holdfast.temporal.server import Server

TEMPORAL_ERRORS = (
    RPCError,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
_UPDATES_USED_UP = "limit on the total number of distinct updates"
_UPDATE_ABORTED = "workflow update was aborted"
_NOT_READY = "WorkflowNotReadyFailure"
_UNPROCESSED_UPDATE = "UnprocessedUpdate"
_REFUSED = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED)
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


def to_holdfast_error(error: Exception, about: str, server: Server) -> HoldfastError:
    """Returns the error that the merchant's client raises instead of Temporal's.

    Args:
        error: One of `TEMPORAL_ERRORS`.
        about: What the call was about, as in "payment ORDER_1".
        server: Where the call went.
    """
    cause = getattr(error, "cause", None)
    if isinstance(cause, ApplicationError) and cause.type in REFUSALS:
        return REFUSALS[cause.type](cause.message)
    if isinstance(error, WorkflowFailureError):
        return PaymentStopped(
            f"{about}: an operator stopped its workflow; money may be held or taken: look at the gateway's "
            "record before anything else"
        )
    if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
        return _not_found(error, about, server)
    if isinstance(error, RPCError) and _UPDATES_USED_UP in error.message:
        return RateLimited(
            f"{about}: Temporal accepts no further update, its limit is used up: read it with get()"
        )
    return _unavailable(error, about, server)


_CLOSED_MEANWHILE = ("already completed", "aborted by closing workflow")


def ended(about: str) -> PaymentEnded:
    """Returns the error for a request to a workflow that has ended."""
    return PaymentEnded(f"{about} has ended: read it with get(), nothing of it changes any more")


def _not_found(error: RPCError, about: str, server: Server) -> HoldfastError:
    if _is_about(error, "NamespaceNotFoundFailure"):
        return server.without_namespace()
    if any(words in error.message for words in _CLOSED_MEANWHILE):
        return ended(about)
    return PaymentNotFound(
        f"{about} is not known in namespace {server.namespace}: start it with authorize(), or check the "
        "reference and TEMPORAL_NAMESPACE"
    )


def _unavailable(error: Exception, about: str, server: Server) -> PaymentUnavailable:
    if isinstance(error, RPCError) and error.status in _REFUSED:
        return server.refusing(error.status.name)
    if isinstance(error, RPCError) and error.status is RPCStatusCode.UNAVAILABLE:
        return unreachable(about, server)
    return PaymentUnavailable(
        f"{about}: Temporal has not answered ({_kind(error)}), and may have received the request: make the "
        "same call again"
    )


def unreachable(about: str, server: Server) -> TemporalUnavailable:
    """Returns the error of a call to a server that cannot be reached."""
    return TemporalUnavailable(
        f"{about}: Temporal at {server.address} cannot be reached (namespace {server.namespace}), and may "
        "have received the request: make the same call again when it can be",
        reason=UnavailableReason.TEMPORAL_UNREACHABLE,
        address=server.address,
        namespace=server.namespace,
    )


def _kind(error: Exception) -> str:
    return error.status.name if isinstance(error, RPCError) else type(error).__name__


def _is_about(error: RPCError, failure: str) -> bool:
    return any(detail.type_url.endswith(failure) for detail in _details(error))


def _details(error: RPCError) -> Iterator[Any]:
    """Yields the details of the server. An update with start has two operations, each with its own."""
    for detail in error.grpc_status.details:
        both = MultiOperationExecutionFailure()
        if detail.Unpack(both):
            for status in both.statuses:
                yield from status.details
        else:
            yield detail
