"""The errors of Holdfast are documented, exported, and translated from the errors of Temporal."""

import inspect
import re

import pytest
from temporalio.api.common.v1 import GrpcStatus
from temporalio.api.errordetails.v1 import MultiOperationExecutionFailure
from temporalio.client import (
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError, TerminatedError
from temporalio.service import RPCError, RPCStatusCode

import holdfast
from holdfast import (
    HoldfastError,
    InvalidState,
    PaymentEnded,
    PaymentNotFound,
    PaymentReferenceReused,
    PaymentStopped,
    PaymentUnavailable,
    TemporalUnavailable,
    errors,
)
from holdfast.errors import REFUSALS
from holdfast.temporal.rpc_errors import TEMPORAL_ERRORS, is_retryable, to_holdfast_error
from holdfast.temporal.server import Server
from tests.support.fake_temporal import refused, rpc_error

DETAILS = "type.googleapis.com/temporal.api.errordetails.v1"
ALL = {
    name: kind
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, HoldfastError) and kind.__module__ == errors.__name__
}
RAISED_BY_A_WORKFLOW = {
    "InvalidOrder",
    "InvalidRequest",
    "NotAuthorized",
    "AmountExceedsAuthorization",
    "AlreadyCaptured",
    "CaptureInProgress",
    "UnderRiskReview",
    "AutomaticCapture",
    "NotDeclined",
    "NotUnderReview",
    "ResolutionUnconfirmed",
    "RateLimited",
    "AttemptUnconfirmed",
    "PaymentEnded",
}
SERVER = Server("127.0.0.1:7233", "shop")
TREE_LINE = re.compile(r"^    (?P<indent>[│├└─ ]*)(?P<name>[A-Za-z]+)")


def documented() -> dict[str, str]:
    """Returns the name and the parent of each error in the tree of the module docstring."""
    tree: dict[str, str] = {}
    above: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        if found := TREE_LINE.match(line):
            depth = len(found["indent"])
            above[depth] = found["name"]
            tree[found["name"]] = next((above[d] for d in sorted(above, reverse=True) if d < depth), "")
    return tree


def test_docstring_tree_matches_the_class_tree() -> None:
    parents = {name: kind.__bases__[0].__name__ for name, kind in ALL.items()}
    assert documented() == {**parents, "HoldfastError": ""}


def test_every_error_is_exported_and_documented() -> None:
    for name, kind in ALL.items():
        assert getattr(holdfast, name) is kind
        assert name in holdfast.__all__
        assert kind.__doc__


def test_every_exported_name_is_importable_and_listed_once() -> None:
    assert sorted(holdfast.__all__) == holdfast.__all__
    assert len(set(holdfast.__all__)) == len(holdfast.__all__)
    for name in holdfast.__all__:
        assert hasattr(holdfast, name), name
    assert {"PaymentClient", "PaymentOrder", "Payment", "PaymentStatus"} <= set(holdfast.__all__)


def test_types_of_the_clients_arguments_and_results_are_exported() -> None:
    for name in ("Amount", "CaptureRequest", "CancelRequest", "CardData", "PaymentMethod", "connect"):
        assert name in holdfast.__all__


def test_every_error_type_of_a_workflow_has_an_exception() -> None:
    assert set(REFUSALS) == RAISED_BY_A_WORKFLOW
    assert all(REFUSALS[name] is ALL[name] for name in REFUSALS)
    not_possible = {name for name, kind in ALL.items() if kind.__base__ is InvalidState}
    assert not_possible <= set(REFUSALS)


@pytest.mark.parametrize("name", sorted(RAISED_BY_A_WORKFLOW))
def test_application_error_is_translated_by_its_type(name: str) -> None:
    for error in (refused(name, "why"), WorkflowFailureError(cause=ApplicationError("why", type=name))):
        made = to_holdfast_error(error, "payment ORDER_1", SERVER)
        assert type(made) is ALL[name]
        assert str(made) == "why"


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (
            rpc_error(RPCStatusCode.NOT_FOUND, "workflow not found for ID: card-payment-ORDER_1"),
            PaymentNotFound,
            "payment ORDER_1 is not known in namespace shop",
        ),
        (
            rpc_error(RPCStatusCode.NOT_FOUND, "workflow execution already completed"),
            PaymentEnded,
            "payment ORDER_1 has ended",
        ),
        (
            rpc_error(RPCStatusCode.NOT_FOUND, "Namespace shop is not found.", "NamespaceNotFoundFailure"),
            TemporalUnavailable,
            "TEMPORAL_NAMESPACE",
        ),
        (rpc_error(RPCStatusCode.UNAVAILABLE), TemporalUnavailable, "127.0.0.1:7233 cannot be reached"),
        (rpc_error(RPCStatusCode.UNAUTHENTICATED), TemporalUnavailable, "TEMPORAL_API_KEY"),
        (rpc_error(RPCStatusCode.DEADLINE_EXCEEDED), PaymentUnavailable, "make the same call again"),
        (rpc_error(RPCStatusCode.RESOURCE_EXHAUSTED), PaymentUnavailable, "make the same call again"),
        (WorkflowUpdateRPCTimeoutOrCancelledError(), PaymentUnavailable, "make the same call again"),
        (WorkflowQueryFailedError("no worker"), PaymentUnavailable, "make the same call again"),
        (WorkflowQueryRejectedError(None), PaymentUnavailable, "make the same call again"),
        (
            WorkflowFailureError(cause=TerminatedError("stopped")),
            PaymentStopped,
            "an operator stopped its workflow",
        ),
        (
            WorkflowUpdateFailedError(ApplicationError("x", type="UnknownType")),
            PaymentUnavailable,
            "make the same call again",
        ),
        (
            WorkflowUpdateFailedError(ApplicationError("x", type=PaymentReferenceReused.__name__)),
            PaymentUnavailable,
            "make the same call again",
        ),
    ],
)
def test_every_temporal_error_is_translated_to_a_holdfast_error(
    error: Exception, kind: type[HoldfastError], message: str
) -> None:
    assert isinstance(error, TEMPORAL_ERRORS)
    made = to_holdfast_error(error, "payment ORDER_1", SERVER)
    assert type(made) is kind
    assert message in str(made)


@pytest.mark.parametrize("status", RPCStatusCode)
def test_busy_and_timeout_errors_are_repeated(status: RPCStatusCode) -> None:
    again = {RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED}
    assert is_retryable(rpc_error(status)) is (status in again)


def test_update_to_workflow_with_failing_task_is_repeated() -> None:
    not_ready = "Unable to perform workflow execution update due to Workflow Task in failed state."
    error = rpc_error(RPCStatusCode.FAILED_PRECONDITION, not_ready, "WorkflowNotReadyFailure")
    assert is_retryable(error)
    assert isinstance(to_holdfast_error(error, "payment ORDER_1", SERVER), PaymentUnavailable)


def test_start_with_update_of_a_workflow_with_failing_task_is_repeated() -> None:
    operations = MultiOperationExecutionFailure()
    operations.statuses.add().details.add().type_url = f"{DETAILS}.MultiOperationExecutionAborted"
    operations.statuses.add().details.add().type_url = f"{DETAILS}.WorkflowNotReadyFailure"
    message, status = "Update-with-Start could not be executed.", RPCStatusCode.FAILED_PRECONDITION
    grpc = GrpcStatus(code=status, message=message)
    grpc.details.add().Pack(operations)
    assert is_retryable(RPCError(message, status, grpc.SerializeToString()))


def test_update_lost_by_the_server_is_repeated() -> None:
    assert is_retryable(rpc_error(RPCStatusCode.UNAVAILABLE, "workflow update was aborted"))
