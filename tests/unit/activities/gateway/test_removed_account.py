"""Payments whose merchant account the worker does not have, because it is new or was removed."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.calls import CancelCall, CaptureCall, Failure, InquireCall, PayCall, WatchCall, WatchFor
from activities.earlier_sends import EarlierSends
from activities.gateway.payments import GatewayActivities
from holdfast import PaymentOrder
from holdfast.antom.amounts import Amount
from tests.support.world import order_fields

NOW = datetime(2026, 11, 23, tzinfo=UTC)
INQUIRY = InquireCall(merchantAccount="removed", paymentRequestId="ORDER_1-1", expiresAt=NOW)
WATCH = WatchCall(inquiry=INQUIRY, watchFor=WatchFor.PAYMENT_DECIDED, first=1, growth=2, longest=60)
CAPTURE = CaptureCall(
    merchantAccount="removed",
    captureRequestId="ORDER_1-c1",
    paymentId="2019",
    captureAmount=Amount(currency="EUR", value="30000"),
    earlierSends=EarlierSends(firstRunId="test-run"),
)
CANCEL = CancelCall(merchantAccount="removed", paymentRequestId="ORDER_1-1")
WITHOUT_ACCOUNTS = GatewayActivities({}, "https://pay.example.com/n", None)


async def failure_of(activity: Callable[..., Awaitable[object]], call: object) -> ApplicationError:
    with pytest.raises(ApplicationError, match="merchantAccount: is not configured") as caught:
        await ActivityEnvironment().run(activity, call)
    return caught.value


@pytest.mark.parametrize(
    ("activity", "call"),
    [
        (WITHOUT_ACCOUNTS.inquire, INQUIRY),
        (WITHOUT_ACCOUNTS.watch, WATCH),
        (WITHOUT_ACCOUNTS.capture, CAPTURE),
        (WITHOUT_ACCOUNTS.cancel, CANCEL),
    ],
)
async def test_started_payment_waits_until_its_account_returns(
    activity: Callable[..., Awaitable[object]], call: object
) -> None:
    failure = await failure_of(activity, call)
    assert (failure.type, failure.non_retryable) == (Failure.NOT_SENT, False)


@pytest.mark.parametrize(
    ("is_repeat", "failure_type", "is_recorded"),
    [(False, Failure.NEVER_SENT, True), (True, Failure.NOT_SENT, False)],
)
async def test_unsent_payment_waits_for_its_account(
    is_repeat: bool, failure_type: Failure, is_recorded: bool
) -> None:
    """A call that was never sent is made again by the workflow, and any other one by the server."""
    method = {"paymentMethodType": "CARD"}
    fields = {**order_fields("ORDER_1"), "merchantAccount": "removed", "paymentMethod": method}
    call = PayCall(
        order=PaymentOrder.model_validate(fields),
        paymentRequestId="ORDER_1-1",
        expiresAt=NOW,
        earlierSends=EarlierSends(firstRunId="test-run", isRepeat=is_repeat),
    )
    failure = await failure_of(WITHOUT_ACCOUNTS.pay, call)
    assert (failure.type, failure.non_retryable) == (failure_type, is_recorded)
