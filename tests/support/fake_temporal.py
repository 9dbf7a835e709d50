"""Stand-ins for the methods of a Temporal client that PaymentClient calls."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.api.common.v1 import GrpcStatus
from temporalio.api.workflow.v1 import PendingWorkflowTaskInfo
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    DescribeWorkflowExecutionResponse,
)
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from holdfast import Payment, PaymentClient
from holdfast.card_vault import CardVault
from holdfast.statuses.payment_status import PaymentStatus as S
from holdfast.temporal import names

Reply = Callable[[], Any]
"""Returns an answer, which is awaited where that is possible, or raises an error."""


def rpc_error(status: RPCStatusCode, message: str = "text", kind: str | None = None) -> RPCError:
    grpc = GrpcStatus(code=status, message=message)
    if kind:
        grpc.details.add().type_url = f"type.googleapis.com/temporal.api.errordetails.v1.{kind}"
    return RPCError(message, status, grpc.SerializeToString())


def raises(*errors: BaseException, then: object = None) -> Reply:
    """Raises the errors one after the other, and then answers or keeps raising the last one."""
    left = list(errors)

    def reply() -> object:
        if len(left) > 1 or (left and then is not None):
            raise left.pop(0)
        if left:
            raise left[0]
        return then

    return reply


def refused(kind: str, message: str = "text") -> WorkflowUpdateFailedError:
    """Returns the error that Temporal raises when the validator of an update refuses it."""
    return WorkflowUpdateFailedError(ApplicationError(message, type=kind, non_retryable=True))


def _unexpected() -> object:
    pytest.fail("Temporal was not expected to be asked")


class Untouchable:
    """A Temporal client that fails the test when any of its methods is used."""

    def __getattr__(self, name: str) -> object:
        pytest.fail(f"Temporal's client was asked for {name}")


@dataclass
class Temporal:
    """Answers updates with `update` and starts with `start`, and describes a workflow with the status."""

    update: Reply = _unexpected
    start: Reply = _unexpected
    describe: Reply | None = None
    query: Reply | None = None
    payment: Payment | None = None
    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    update_ids: list[str] = field(default_factory=list)
    started: list[WithStartWorkflowOperation[Any, Any]] = field(default_factory=list)
    workflow_ids: list[str] = field(default_factory=list)
    pending_task: PendingWorkflowTaskInfo = field(default_factory=PendingWorkflowTaskInfo)
    history_length: int = 20
    polled_ago: timedelta | None = timedelta(0)
    """How long ago a worker polled, whenever the question comes; None where none ever did."""
    namespace: str = "shop"

    @property
    def service_client(self) -> SimpleNamespace:
        """The connection, as far as errors name it."""
        return SimpleNamespace(config=SimpleNamespace(target_host="127.0.0.1:7233", tls=None, api_key=None))

    @property
    def workflow_service(self) -> "Temporal":
        """The service of the raw calls, which this stand-in is itself."""
        return self

    async def describe_task_queue(
        self,
        request: DescribeTaskQueueRequest,
        *,
        timeout: timedelta,  # noqa: ASYNC109 - Temporal's name
    ) -> DescribeTaskQueueResponse:
        assert (request.task_queue.name, request.namespace) == ("queue-1", "shop")
        response = DescribeTaskQueueResponse()
        if self.polled_ago is not None:
            response.pollers.add().last_access_time.FromDatetime(datetime.now(UTC) - self.polled_ago)
        return response

    def get_workflow_handle(self, workflow_id: str, *, result_type: type[Payment] = Payment) -> "Handle":
        assert result_type is Payment
        self.workflow_ids.append(workflow_id)
        return Handle(self)

    async def execute_update_with_start_workflow(
        self,
        update: str,
        *,
        start_workflow_operation: WithStartWorkflowOperation[Any, Any],
        id: str,  # noqa: A002 - Temporal's name
        result_type: type[Payment],
    ) -> Any:
        assert (update, result_type) == (names.AUTHORIZE, Payment)
        self.started.append(start_workflow_operation)
        self.update_ids.append(id)
        return await _answer(self.start)


@dataclass
class Description:
    status: WorkflowExecutionStatus
    raw_description: DescribeWorkflowExecutionResponse


@dataclass
class Handle:
    """The workflow handle that `get_workflow_handle` returns."""

    temporal: Temporal

    async def execute_update(
        self,
        name: str,
        *,
        args: list[Any],
        id: str,  # noqa: A002 - Temporal's name
        result_type: type[Payment],
    ) -> Any:
        assert result_type is Payment
        self.temporal.calls.append((name, tuple(args)))
        self.temporal.update_ids.append(id)
        return await _answer(self.temporal.update)

    async def describe(self, *, rpc_timeout: timedelta | None = None) -> Description:
        self.temporal.calls.append(("describe", ()))
        if self.temporal.describe is not None:
            await _answer(self.temporal.describe)
        running = self.temporal.payment is not None and not self.temporal.payment.status.is_final
        status = WorkflowExecutionStatus.RUNNING if running else WorkflowExecutionStatus.COMPLETED
        raw = DescribeWorkflowExecutionResponse(pending_workflow_task=self.temporal.pending_task)
        raw.workflow_execution_info.history_length = self.temporal.history_length
        return Description(status, raw)

    async def query(self, name: str, *, result_type: type[Payment]) -> Any:
        assert result_type is Payment
        self.temporal.calls.append((name, ()))
        if self.temporal.query is not None:
            await _answer(self.temporal.query)
        return self.temporal.payment

    async def result(self) -> Any:
        self.temporal.calls.append(("result", ()))
        return self.temporal.payment


async def _answer(reply: Reply) -> Any:
    answer = reply()
    return await answer if hasattr(answer, "__await__") else answer


def client_of(
    temporal: Temporal | Untouchable, *, vault: CardVault | None = None, seconds: float = 5
) -> PaymentClient:
    """Returns a PaymentClient that uses a stand-in."""
    return PaymentClient(
        cast(Client, temporal), vault=vault, answer_within=timedelta(seconds=seconds), task_queue="queue-1"
    )


def all_but_final() -> list[S]:
    """Returns the status of a running payment."""
    return [status for status in S if not status.is_final]
