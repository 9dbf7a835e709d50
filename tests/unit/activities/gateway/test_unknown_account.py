"""Gateway calls for a merchant account that is not in this worker's configuration."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.calls import CancelCall, CaptureCall, Failure, InquireCall, PayCall, WatchCall, WatchFor
from activities.gateway.payments import GatewayActivities
from holdfast import PaymentOrder
from holdfast.antom.amounts import Amount
from tests.support.world import order_fields

NOW = datetime(2026, 11, 23, tzinfo=UTC)
INQUIRY = InquireCall(merchantAccount="unknown", paymentRequestId="ORDER_1-1", expiresAt=NOW)
WATCH = WatchCall(inquiry=INQUIRY, watchFor=WatchFor.PAYMENT_DECIDED, first=1, growth=2, longest=60)
CAPTURE = CaptureCall(
    merchantAccount="unknown",
    captureRequestId="ORDER_1-c1",
    paymentId="2019",
    captureAmount=Amount(currency="EUR", value="30000"),
)
CANCEL = CancelCall(merchantAccount="unknown", paymentRequestId="ORDER_1-1")
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
async def test_call_of_started_payment_with_unknown_account_is_retried(
    activity: Callable[..., Awaitable[object]], call: object
) -> None:
    failure = await failure_of(activity, call)
    assert (failure.type, failure.non_retryable) == (Failure.NOT_SENT, False)


async def test_pay_call_with_unknown_account_is_an_invalid_order() -> None:
    method = {"paymentMethodType": "CARD"}
    fields = {**order_fields("ORDER_1"), "merchantAccount": "unknown", "paymentMethod": method}
    order = PaymentOrder.model_validate(fields)
    call = PayCall(order=order, paymentRequestId="ORDER_1-1", expiresAt=NOW)
    failure = await failure_of(WITHOUT_ACCOUNTS.pay, call)
    assert (failure.type, failure.non_retryable) == (Failure.INVALID_ORDER, True)
