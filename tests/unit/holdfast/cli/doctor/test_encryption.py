"""The newest payments show whether this process and the workers have the same codec keys."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import pytest
from temporalio.api.workflow.v1 import PendingWorkflowTaskInfo
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client

from holdfast.cli.doctor.check import Check, Level
from holdfast.cli.doctor.encryption import LOOKED_AT, encryption_checks
from holdfast.errors import CodecKeyError


class StoredPayment:
    """A payment whose workflow task is at an attempt; `error` is raised by its summary."""

    def __init__(self, attempt: int, error: CodecKeyError | None = None) -> None:
        self._attempt = attempt
        self._error = error

    async def describe(self) -> "StoredPayment":
        return self

    @property
    def raw_description(self) -> DescribeWorkflowExecutionResponse:
        task = PendingWorkflowTaskInfo(attempt=self._attempt)
        return DescribeWorkflowExecutionResponse(pending_workflow_task=task)

    async def static_summary(self) -> str:
        if self._error:
            raise self._error
        return "EUR 300.00 · ORDER_1 · MANUAL"


class Payments:
    """Temporal with these payments, the newest first."""

    def __init__(self, *payments: StoredPayment) -> None:
        self._payments = {f"card-payment-ORDER_{n}": each for n, each in enumerate(payments, 1)}

    async def list_workflows(self, _query: str, *, limit: int) -> AsyncIterator[SimpleNamespace]:
        for workflow_id in [*self._payments][:limit]:
            yield SimpleNamespace(id=workflow_id, run_id="run")

    def get_workflow_handle(self, workflow_id: str, *, run_id: str) -> StoredPayment:
        assert run_id == "run"
        return self._payments[workflow_id]


READ = StoredPayment(0)
UNREADABLE = StoredPayment(0, CodecKeyError("key k2 is missing"))


async def newest(*payments: StoredPayment) -> Check:
    checks = await encryption_checks({}, cast("Client", Payments(*payments)))
    [found] = [check for check in checks if check.name == "newest payments"]
    return found


@pytest.mark.parametrize("attempt", [0, 1])
async def test_payment_that_both_can_read_is_good(attempt: int) -> None:
    check = await newest(StoredPayment(attempt))
    assert (check.level, check.finding) == (Level.OK, "it can be read")


async def test_good_check_says_how_many_payments_it_has_looked_at() -> None:
    assert (await newest(READ, READ, READ)).finding == "all of the newest 3 can be read"
    assert (
        await newest(*[READ] * LOOKED_AT, UNREADABLE)
    ).finding == f"all of the newest {LOOKED_AT} can be read"


async def test_payment_on_which_the_workers_fail_is_a_problem() -> None:
    assert (await newest(StoredPayment(2))).level is Level.PROBLEM


async def test_older_payment_with_another_key_is_a_problem_that_names_it() -> None:
    check = await newest(READ, UNREADABLE)
    assert check.level is Level.PROBLEM
    assert check.finding == "card-payment-ORDER_2: key k2 is missing"


async def test_no_payment_is_no_problem() -> None:
    assert (await newest()).level is Level.SKIPPED
