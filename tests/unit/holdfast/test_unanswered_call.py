"""A call without an answer raises an error that says what Temporal knows about the payment."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import PendingWorkflowTaskState
from temporalio.api.workflow.v1 import PendingWorkflowTaskInfo
from temporalio.service import RPCStatusCode

from holdfast import Payment, PaymentUnavailable, UnavailableReason
from holdfast.statuses.payment_status import PaymentStatus as S
from holdfast.temporal.unanswered import UNSENT_EVENTS
from tests.support.fake_temporal import Temporal, client_of, raises, rpc_error
from tests.support.orders import order_fields
from tests.support.settlement.evidence import payment_at
from tests.support.skipped_time import in_skipped_time

BUSY = raises(rpc_error(RPCStatusCode.RESOURCE_EXHAUSTED))
WAITING = PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
R = UnavailableReason


def task(attempt: int, state: PendingWorkflowTaskState.ValueType = WAITING) -> PendingWorkflowTaskInfo:
    return PendingWorkflowTaskInfo(state=state, attempt=attempt)


async def error_of(temporal: Temporal) -> PaymentUnavailable:
    """Returns the error of an authorize call that a busy Temporal does not answer for two seconds."""
    temporal.start = BUSY
    with pytest.raises(PaymentUnavailable) as caught:
        await client_of(temporal, seconds=2).authorize(order_fields())
    return caught.value


def running() -> Payment:
    return payment_at(S.AUTHORIZING)


@pytest.mark.parametrize(
    ("temporal", "reason", "text"),
    [
        (
            Temporal(payment=running(), pending_task=task(1)),
            R.NO_WORKER,
            "no worker takes it; start worker.py",
        ),
        (Temporal(payment=running(), polled_ago=None), R.NO_WORKER, "task queue queue-1"),
        (
            Temporal(payment=running(), polled_ago=timedelta(minutes=4)),
            R.NO_WORKER,
            "no worker takes it",
        ),
        (Temporal(payment=running(), pending_task=task(3)), R.WORKER_FAILS, "attempt 3 of one task"),
        (Temporal(payment=running()), R.NO_ANSWER, "its worker is busy"),
    ],
)
@in_skipped_time
async def test_reason_is_read_from_the_workflow_and_its_task_queue(
    temporal: Temporal, reason: UnavailableReason, text: str
) -> None:
    error = await error_of(temporal)
    assert (error.reason, error.is_started, error.payment_reference) == (reason, True, "ORDER_1")
    assert str(error).startswith("payment ORDER_1: no answer within 1.6 s: ")
    assert text in str(error)
    assert str(error).endswith("make the same call again, with the same reference")


@pytest.mark.parametrize(
    ("events", "may_hold_money", "text"),
    [(UNSENT_EVENTS, False, "nothing was sent to the gateway so far"), (5, True, "money may be held")],
)
@in_skipped_time
async def test_money_is_not_held_where_the_history_has_no_gateway_call(
    events: int, may_hold_money: bool, text: str
) -> None:
    error = await error_of(Temporal(payment=running(), pending_task=task(1), history_length=events))
    assert error.may_hold_money is may_hold_money
    assert text in str(error)


@pytest.mark.parametrize(
    ("status", "reason", "is_started"),
    [
        (RPCStatusCode.NOT_FOUND, R.NOT_STARTED, False),
        (RPCStatusCode.UNAVAILABLE, R.TEMPORAL_UNREACHABLE, None),
    ],
)
@in_skipped_time
async def test_what_temporal_does_not_say_stays_open(
    status: RPCStatusCode, reason: UnavailableReason, is_started: bool | None
) -> None:
    error = await error_of(Temporal(describe=raises(rpc_error(status))))
    assert (error.reason, error.is_started, error.may_hold_money) == (reason, is_started, True)
    assert "make the same call again" in str(error)


@in_skipped_time
async def test_question_without_an_answer_keeps_to_the_limit_of_the_call() -> None:
    begin = asyncio.get_running_loop().time()
    error = await error_of(Temporal(describe=lambda: asyncio.sleep(600)))
    assert (error.reason, error.is_started) == (R.TEMPORAL_UNREACHABLE, None)
    assert asyncio.get_running_loop().time() - begin <= 2


@in_skipped_time
async def test_question_to_a_temporal_that_cannot_be_reached_leaves_the_reason_open() -> None:
    refused = RuntimeError("Failed client connect: Server connection error")
    error = await error_of(Temporal(describe=raises(refused)))
    assert (error.reason, error.may_hold_money) == (R.TEMPORAL_UNREACHABLE, True)
