"""The newest payment shows whether this process and the workers have the same codec keys."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import pytest
from temporalio.api.workflow.v1 import PendingWorkflowTaskInfo
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client

from holdfast.cli.doctor.check import Level
from holdfast.cli.doctor.encryption import encryption_checks
from holdfast.errors import CodecKeyError


class OnePayment:
    """Temporal with one payment, whose workflow task is at an attempt; `error` is raised by its summary."""

    def __init__(self, attempt: int, error: CodecKeyError | None = None) -> None:
        self._attempt = attempt
        self._error = error

    async def list_workflows(self, _query: str, *, limit: int) -> AsyncIterator[SimpleNamespace]:
        assert limit == 1
        yield SimpleNamespace(id="card-payment-ORDER_1", run_id="run")

    def get_workflow_handle(self, _workflow_id: str, *, run_id: str) -> "OnePayment":
        assert run_id == "run"
        return self

    async def describe(self) -> "OnePayment":
        return self

    @property
    def raw_description(self) -> DescribeWorkflowExecutionResponse:
        task = PendingWorkflowTaskInfo(attempt=self._attempt)
        return DescribeWorkflowExecutionResponse(pending_workflow_task=task)

    async def static_summary(self) -> str:
        if self._error:
            raise self._error
        return "EUR 300.00 · ORDER_1 · MANUAL"


async def level_of(payment: OnePayment) -> Level:
    checks = await encryption_checks({}, cast("Client", payment))
    [level] = [check.level for check in checks if check.name == "newest payment"]
    return level


@pytest.mark.parametrize("attempt", [0, 1])
async def test_payment_that_both_can_read_is_good(attempt: int) -> None:
    assert await level_of(OnePayment(attempt)) is Level.OK


async def test_payment_on_which_the_workers_fail_is_a_problem() -> None:
    assert await level_of(OnePayment(2)) is Level.PROBLEM


async def test_payment_with_another_key_is_a_problem() -> None:
    assert await level_of(OnePayment(0, CodecKeyError("key k2 is missing"))) is Level.PROBLEM
