"""A message of another client than `PaymentClient` does not stall a payment that continues as new."""

from typing import Any

import pytest

from holdfast import InvalidRequest, Payment, PaymentStatus
from holdfast.temporal.names import CAPTURE, RETRY
from tests.support.scenarios.growth import continue_as_new
from tests.support.world import DECLINED_VISA, World

PART = {"currency": "EUR", "value": "10000"}


@pytest.mark.parametrize(
    "request_of_repeat",
    [
        {"captureAmount": {"currency": "EUR", "value": "20000"}, "isLastCapture": False, "key": "parcel-1"},
        {"captureAmount": "all"},
    ],
    ids=["another-amount", "malformed"],
)
async def test_repeated_update_id_with_another_capture_is_answered_in_the_next_run(
    growing: World, request_of_repeat: dict[str, Any]
) -> None:
    reference = growing.reference("repeated-id-capture")
    await growing.authorize(reference)
    first = {"captureAmount": PART, "isLastCapture": False, "key": "parcel-1"}
    await growing.handle(reference).execute_update(CAPTURE, first, id="capture-1", result_type=Payment)
    await continue_as_new(growing, reference)
    again = await growing.handle(reference).execute_update(
        CAPTURE, request_of_repeat, id="capture-1", result_type=Payment
    )
    assert again.status is PaymentStatus.PARTIALLY_CAPTURED
    assert (await growing.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert growing.ledger(reference)["capturedAmount"] == 30000


async def test_repeated_update_id_with_a_malformed_retry_is_answered_in_the_next_run(growing: World) -> None:
    reference = growing.reference("repeated-id-retry")
    await growing.authorize(reference, card=DECLINED_VISA)
    method = {"paymentMethodType": "CARD"}
    with growing.env.with_time_skipping_disabled():
        await growing.handle(reference).execute_update(
            RETRY, {"paymentMethod": method}, id="retry-1", result_type=Payment
        )
        await continue_as_new(growing, reference, attempt=2)
        again = await growing.handle(reference).execute_update(
            RETRY, {"paymentMethod": "card"}, id="retry-1", result_type=Payment
        )
    assert len(again.attempts) == 2
    await growing.payments.cancel(reference, "end of the test")


async def test_retry_that_makes_the_order_too_large_is_refused(growing: World) -> None:
    """Order and request are each below the limit. The order of the next run would be above it."""
    reference = growing.reference("oversized-retry")
    order = await growing.order(reference, card=DECLINED_VISA)
    large = order.order.model_copy(update={"extendInfo": "x" * 200_000})
    env = order.env.model_copy(update={"userAgent": "y" * 100_000})
    with growing.env.with_time_skipping_disabled():
        await growing.payments.authorize(order.model_copy(update={"order": large}))
        with pytest.raises(InvalidRequest, match="too large"):
            await growing.payments.retry(reference, {"paymentMethodType": "CARD"}, env)
    await continue_as_new(growing, reference)
    assert (await growing.payments.get(reference)).status is PaymentStatus.DECLINED
    await growing.payments.cancel(reference, "end of the test")


async def test_signal_with_two_arguments_does_not_stall_the_payment(growing: World) -> None:
    reference = growing.reference("two-arguments")
    await growing.authorize(reference)
    await growing.handle(reference).signal("notification", args=[{"a": 1}, {"b": 2}])
    await growing.handle(reference).signal("notification", args=[None, {"b": 2}])
    assert (await growing.payments.cancel(reference, "end of the test")).status is PaymentStatus.CANCELLED
    assert growing.ledger(reference)["liveAuthorizations"] == 0
