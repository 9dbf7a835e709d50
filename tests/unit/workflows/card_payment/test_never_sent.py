"""What the workflow learns from the failure of a pay activity."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from activities.calls import Failure, PayCall
from activities.earlier_sends import EarlierSends
from holdfast.order import parse_order
from tests.support.orders import order_fields
from workflows.card_payment.gateway_calls import NeverSent, pay

CALL = PayCall(
    order=parse_order(order_fields()),
    paymentRequestId="ORDER_1-1",
    expiresAt=datetime(2026, 11, 30, tzinfo=UTC),
    earlierSends=EarlierSends(firstRunId="first-run"),
)
LIMIT = timedelta(seconds=20)


@pytest.mark.parametrize(
    ("cause", "result"),
    [
        (
            ApplicationError("limit", type="NeverSent", next_retry_delay=LIMIT),
            NeverSent("limit", False, LIMIT),
        ),
        (ApplicationError("refused", type="NeverSent"), NeverSent("refused", isTooLate=False)),
        (ApplicationError("late", type="TooLate"), NeverSent("late", isTooLate=True)),
        (ApplicationError("a repeat was not sent", type=Failure.NOT_SENT), None),
        (ApplicationError("no answer", type=Failure.OUTCOME_UNKNOWN), None),
        (RuntimeError("anything else"), None),
    ],
)
async def test_only_the_activity_establishes_that_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch, cause: Exception, result: NeverSent | None
) -> None:
    error = ActivityError(
        "failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="worker",
        activity_type="pay",
        activity_id="1",
        retry_state=RetryState.NON_RETRYABLE_FAILURE,
    )
    error.__cause__ = cause

    async def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(workflow, "execute_activity", failing)
    assert await pay(CALL) == result
