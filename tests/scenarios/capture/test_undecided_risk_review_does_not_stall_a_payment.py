"""A risk review that the gateway does not decide in time leaves no hold, and no payment without a reason."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from holdfast import Outcome, Payment, PaymentStatus, Resolution
from holdfast.antom.amounts import Amount
from holdfast.statuses.payment_status import FINAL
from tests.support.eventually import eventually
from tests.support.world import World

PART = Amount(currency="EUR", value="10000")
UNDER_REVIEW = "PROCESSING"


async def _begin_review(world: World, reference: str) -> None:
    """Begins the risk review of an authorization that is known already."""
    world.simulator.operate_dashboard(f"{reference}-1", "review", code=UNDER_REVIEW)
    with world.env.with_time_skipping_disabled():
        await world.notify_success(reference, authReviewStatus=UNDER_REVIEW)
        await eventually(lambda: _is_under_review(world, reference))


async def _is_under_review(world: World, reference: str) -> bool:
    return (await world.payments.get(reference)).is_under_risk_review


async def _partly_captured(world: World, scenario: str, **fields: Any) -> str:
    """Returns a partly captured payment whose remainder is under a risk review."""
    reference = world.reference(scenario)
    await world.authorize(reference, **fields)
    with world.env.with_time_skipping_disabled():
        await world.payments.capture(reference, PART, is_last_capture=False, key="shipment-1")
    await _begin_review(world, reference)
    return reference


async def _skip_past_expiry(world: World, reference: str) -> Payment:
    """Skips time to a day after the authorization's end."""
    expires = (await world.payments.get(reference)).authExpiryTime
    assert expires is not None
    past = expires - datetime.now(UTC) + timedelta(days=1)
    for _ in range(4):
        assert await world.skip(reference, past / 4)
    return await world.payments.get(reference)


async def test_capture_that_never_arrived_does_not_outlast_the_authorization(world: World) -> None:
    reference = world.reference("risk-undecided-capture")
    await world.authorize(reference)
    world.fault(reference, "capture", "drop_before", times=4)
    with world.env.with_time_skipping_disabled():
        capturing = asyncio.create_task(world.payments.capture(reference))
        await eventually(lambda: bool(world.calls(reference, "capture")))
    await _begin_review(world, reference)
    await world.answer(reference, capturing)
    payment = await world.skip_until(reference, *FINAL, step=timedelta(hours=8))
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.EXPIRED, None)
    assert payment.review is not None
    assert world.ledger(reference)["liveAuthorizations"] == 0
    assert world.ledger(reference)["capturedAmount"] == 0


async def test_partly_captured_payment_ends_once_a_review_accepts_after_the_expiry(world: World) -> None:
    reference = await _partly_captured(world, "risk-late-accept", onAuthorizationExpiry="CAPTURE")
    payment = await _skip_past_expiry(world, reference)
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    assert payment.review is not None
    world.simulator.operate_dashboard(f"{reference}-1", "review", code="ACCEPT")
    await world.notify_success(reference, notifyType="RISK_POST_REVIEW", authReviewStatus="ACCEPT")
    payment = await world.skip_until(reference, *FINAL, step=timedelta(hours=1))
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.CAPTURED, payment.paymentAmount)
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_released_remainder_under_an_endless_review_is_for_a_person(world: World) -> None:
    reference = await _partly_captured(world, "risk-endless")
    payment = await _skip_past_expiry(world, reference)
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    for _ in range(4):
        assert await world.skip(reference, timedelta(days=2))
    payment = await world.payments.get(reference)
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED, "the part is not reported as captured"
    assert payment.review is not None


async def test_resolved_rejection_of_a_part_does_not_end_while_the_remainder_is_held(world: World) -> None:
    reference = await _partly_captured(world, "risk-rejected-part")
    with world.env.with_time_skipping_disabled():
        await world.notify_success(reference, notifyType="RISK_POST_REVIEW", authReviewStatus="REJECT")
        await world.becomes(reference, PaymentStatus.NEEDS_REVIEW)
    resolution = Resolution(
        outcome=Outcome.SUCCEEDED, resolvedBy="ops-7", reason="it was refunded", evidence="case 4711"
    )
    payment = await world.payments.resolve(reference, resolution)
    assert (payment.status, payment.review) == (PaymentStatus.PARTIALLY_CAPTURED, None)
    assert world.ledger(reference)["liveAuthorizations"] == 1
    await world.skip(reference, timedelta(days=6))
    assert (await world.payments.refresh(reference)).status is PaymentStatus.PARTIALLY_CAPTURED
    payment = await world.skip_until(reference, *FINAL, step=timedelta(hours=6))
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.CAPTURED, PART)
