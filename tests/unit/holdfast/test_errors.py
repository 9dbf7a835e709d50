"""The errors a merchant sees: complete, documented, importable, and made from Temporal's own."""

import inspect
import re

import pytest
from temporalio.client import (
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError, TerminatedError
from temporalio.service import RPCStatusCode

import holdfast
from holdfast import (
    HoldfastError,
    InvalidState,
    PaymentEnded,
    PaymentNotFound,
    PaymentReferenceReused,
    PaymentStopped,
    PaymentUnavailable,
    errors,
)
from holdfast.errors import REFUSALS
from holdfast.temporal.rpc_errors import TEMPORAL_ERRORS, is_retryable, to_holdfast_error
from tests.unit.holdfast.fake_temporal import refused, rpc_error

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
    "AutomaticCapture",
    "NotDeclined",
    "NotUnderReview",
    "RateLimited",
    "AttemptUnconfirmed",
    "PaymentEnded",
}
TREE_LINE = re.compile(r"^    (?P<indent>[│├└─ ]*)(?P<name>[A-Za-z]+)")


def documented() -> dict[str, str]:
    """Name and parent of each error in the module docstring's tree."""
    tree: dict[str, str] = {}
    above: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        if found := TREE_LINE.match(line):
            depth = len(found["indent"])
            above[depth] = found["name"]
            tree[found["name"]] = next((above[d] for d in sorted(above, reverse=True) if d < depth), "")
    return tree


def test_the_tree_of_the_docstring_is_the_tree_of_the_classes() -> None:
    parents = {name: kind.__base__.__name__ for name, kind in ALL.items() if kind.__base__}
    assert documented() == {**parents, "HoldfastError": ""}


def test_every_error_is_exported_and_says_what_it_means() -> None:
    for name, kind in ALL.items():
        assert getattr(holdfast, name) is kind
        assert name in holdfast.__all__
        assert kind.__doc__


def test_every_exported_name_can_be_imported_and_is_listed_once() -> None:
    assert sorted(holdfast.__all__) == holdfast.__all__
    assert len(set(holdfast.__all__)) == len(holdfast.__all__)
    for name in holdfast.__all__:
        assert hasattr(holdfast, name), name
    assert {"PaymentClient", "PaymentOrder", "Payment", "PaymentStatus"} <= set(holdfast.__all__)


def test_what_the_client_takes_and_gives_can_be_imported_from_the_package() -> None:
    for name in ("Amount", "CaptureRequest", "CancelRequest", "CardData", "PaymentMethod", "connect"):
        assert name in holdfast.__all__


def test_every_error_a_workflow_raises_is_known_by_its_type() -> None:
    assert set(REFUSALS) == RAISED_BY_A_WORKFLOW
    assert all(REFUSALS[name] is ALL[name] for name in REFUSALS)
    not_possible = {name for name, kind in ALL.items() if kind.__base__ is InvalidState}
    assert not_possible <= set(REFUSALS)


@pytest.mark.parametrize("name", sorted(RAISED_BY_A_WORKFLOW))
def test_a_refusal_becomes_its_own_exception(name: str) -> None:
    for error in (refused(name, "why"), WorkflowFailureError(cause=ApplicationError("why", type=name))):
        made = to_holdfast_error(error)
        assert type(made) is ALL[name]
        assert str(made) == "why"


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (
            rpc_error(RPCStatusCode.NOT_FOUND, "workflow not found for ID: card-payment-ORDER_1"),
            PaymentNotFound,
            "no payment has this reference",
        ),
        (
            rpc_error(RPCStatusCode.NOT_FOUND, "workflow execution already completed"),
            PaymentEnded,
            "the payment has ended",
        ),
        (
            rpc_error(RPCStatusCode.NOT_FOUND, "Namespace shop is not found.", "NamespaceNotFoundFailure"),
            PaymentUnavailable,
            "TEMPORAL_NAMESPACE",
        ),
        (rpc_error(RPCStatusCode.UNAVAILABLE), PaymentUnavailable, "may be made again"),
        (rpc_error(RPCStatusCode.DEADLINE_EXCEEDED), PaymentUnavailable, "may be made again"),
        (rpc_error(RPCStatusCode.RESOURCE_EXHAUSTED), PaymentUnavailable, "may be made again"),
        (WorkflowUpdateRPCTimeoutOrCancelledError(), PaymentUnavailable, "may be made again"),
        (WorkflowQueryFailedError("no worker"), PaymentUnavailable, "may be made again"),
        (WorkflowQueryRejectedError(None), PaymentUnavailable, "may be made again"),
        (WorkflowFailureError(cause=TerminatedError("stopped")), PaymentStopped, "stopped by an operator"),
        (
            WorkflowUpdateFailedError(ApplicationError("x", type="NobodyKnows")),
            PaymentUnavailable,
            "may be made again",
        ),
        (
            WorkflowUpdateFailedError(ApplicationError("x", type=PaymentReferenceReused.__name__)),
            PaymentUnavailable,
            "may be made again",
        ),
    ],
)
def test_every_error_of_temporal_becomes_one_a_merchant_can_act_on(
    error: Exception, kind: type[HoldfastError], says: str
) -> None:
    assert isinstance(error, TEMPORAL_ERRORS)
    made = to_holdfast_error(error)
    assert type(made) is kind
    assert says in str(made)


@pytest.mark.parametrize("status", RPCStatusCode)
def test_what_is_busy_or_did_not_answer_is_called_again(status: RPCStatusCode) -> None:
    again = {RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED}
    assert is_retryable(rpc_error(status)) is (status in again)


def test_an_update_to_a_payment_whose_task_fails_is_sent_again() -> None:
    not_ready = "Unable to perform workflow execution update due to Workflow Task in failed state."
    error = rpc_error(RPCStatusCode.FAILED_PRECONDITION, not_ready, "WorkflowNotReadyFailure")
    assert is_retryable(error)
    assert isinstance(to_holdfast_error(error), PaymentUnavailable)


def test_an_update_that_the_server_has_forgotten_is_sent_again() -> None:
    assert is_retryable(rpc_error(RPCStatusCode.UNAVAILABLE, "workflow update was aborted"))
