"""A payment does not stand still where the risk review is undecided at the end of its authorization."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holdfast import Amount, PaymentStatus
from holdfast.payment import CaptureStatus
from holdfast.statuses.payment_status import FINAL
from tests.support.eventually import eventually
from tests.support.scenarios.pauses import skip_pauses
from tests.support.time_skipping import TimeSkipping
from tests.support.world import World, running_world

PART = Amount(currency="EUR", value="10000")
WEEK = timedelta(days=7)
UNDER_REVIEW = "PROCESSING"


@pytest.fixture
async def week(temporal: TimeSkipping, tmp_path: Path) -> AsyncIterator[World]:
    """A Holdfast with a gateway of its own, whose clock a test can advance."""
    async with running_world(temporal, tmp_path, task_queue="risk-review-outlasts") as running:
        yield running


async def _is_under_review(world: World, reference: str) -> bool:
    return (await world.payments.get(reference)).is_under_risk_review


async def _begin_review(world: World, reference: str) -> None:
    """The gateway begins a risk review of an authorization, and notifies it."""
    world.simulator.operate_dashboard(f"{reference}-1", "review", code=UNDER_REVIEW)
    await world.notify_success(reference, notifyType="RISK_POST_REVIEW", authReviewStatus=UNDER_REVIEW)


async def _until_the_last_hour(world: World, reference: str) -> None:
    payment = await world.payments.get(reference)
    assert payment.authExpiryTime is not None
    assert await world.skip(reference, payment.authExpiryTime - datetime.now(UTC) - timedelta(minutes=30))
    await eventually(lambda: _is_listed(world, reference))


async def _is_listed(world: World, reference: str) -> bool:
    """Whether an operator finds the payment among those that need a review."""
    return reference in [item.payment_reference async for item in world.payments.needing_review()]


async def test_capture_that_waits_for_the_risk_review_is_withdrawn_before_the_expiry(week: World) -> None:
    """The action before the expiry would be a capture, which has to wait for the risk review too."""
    reference = week.reference("capture-held-until-expiry")
    await week.authorize(reference, onAuthorizationExpiry="CAPTURE")
    week.fault(reference, "capture", "drop_before", times=4)
    with week.env.with_time_skipping_disabled():
        capturing = asyncio.create_task(week.payments.capture(reference))
        await eventually(lambda: bool(week.calls(reference, "capture")))
        await _begin_review(week, reference)
    await week.answer(reference, capturing)
    sent = len(week.calls(reference, "capture"))
    await _until_the_last_hour(week, reference)
    assert await week.has_status(reference, PaymentStatus.AUTHORIZED)
    week.simulator.advance(WEEK.total_seconds())
    payment = await week.skip_until(reference, *FINAL, step=timedelta(minutes=10))
    assert payment.status is PaymentStatus.EXPIRED
    assert [capture.status for capture in payment.captures] == [CaptureStatus.FAIL]
    assert payment.review is not None
    assert payment.review.reason.endswith("CAPTURE_WITHDRAWN")
    ledger = week.ledger(reference)
    assert (ledger["capturedAmount"], ledger["liveAuthorizations"]) == (0, 0)
    assert len(week.calls(reference, "capture")) == sent


async def _partly_captured(world: World, scenario: str, choice: str) -> str:
    """Returns a payment of which a part is captured, and whose risk review begins after that."""
    reference = world.reference(scenario)
    await world.authorize(reference, onAuthorizationExpiry=choice)
    with world.env.with_time_skipping_disabled():
        await world.payments.capture(reference, PART, is_last_capture=False, key="first")
        await _begin_review(world, reference)
        await eventually(lambda: _is_under_review(world, reference))
    return reference


async def _accept(world: World, reference: str) -> None:
    world.simulator.operate_dashboard(f"{reference}-1", "review", code="ACCEPT")
    await world.notify_success(reference, notifyType="RISK_POST_REVIEW", authReviewStatus="ACCEPT")


async def test_remainder_that_expires_under_the_risk_review_is_released(week: World) -> None:
    reference = await _partly_captured(week, "remainder-under-review", "CAPTURE")
    await _until_the_last_hour(week, reference)
    week.simulator.advance(WEEK.total_seconds())
    await week.skip(reference, timedelta(days=1))
    assert await week.has_status(reference, PaymentStatus.PARTIALLY_CAPTURED), "the review is not decided"
    await _accept(week, reference)
    payment = await week.skip_until(reference, *FINAL, step=timedelta(minutes=10))
    assert payment.status is PaymentStatus.CAPTURED
    assert payment.capturedAmount == PART
    ledger = week.simulator.ledger()["payments"][f"{reference}-1"]
    assert (ledger["capturedAmount"], ledger["heldAmount"]) == (10000, 0)


async def test_remainder_is_captured_once_the_review_accepts_in_the_last_hour(week: World) -> None:
    reference = await _partly_captured(week, "remainder-accepted-in-time", "CAPTURE")
    await _until_the_last_hour(week, reference)
    await _accept(week, reference)
    await week.becomes(reference, PaymentStatus.CAPTURED)
    assert week.ledger(reference)["capturedAmount"] == 30000


async def test_captured_part_whose_review_is_never_decided_is_shown_to_an_operator(week: World) -> None:
    reference = await _partly_captured(week, "part-never-decided", "VOID")
    week.simulator.advance(WEEK.total_seconds())
    for _ in range(100):
        if await _is_listed(week, reference):
            break
        await week.skip(reference, timedelta(hours=12))
    payment = await week.payments.get(reference)
    assert payment.review is not None
    assert payment.authExpiryTime is not None
    assert WEEK <= payment.review.since - payment.authExpiryTime <= 2 * WEEK
    assert await week.has_status(reference, PaymentStatus.PARTIALLY_CAPTURED)
    await _accept(week, reference)
    payment = await week.becomes(reference, PaymentStatus.CAPTURED)
    assert payment.capturedAmount == PART


async def test_rejected_authorization_that_the_gateway_keeps_is_not_cancelled_again_and_again(
    week: World,
) -> None:
    """The gateway reports no expiry: Holdfast inquires about it, and each answer repeats the rejection."""
    reference = week.reference("rejection-not-released")
    week.fault(reference, "notification", "none", times=-1)
    week.fault(reference, "pay", "without_expiry")
    await week.authorize(reference)
    week.fault(reference, "inquiryPayment", "without_expiry", times=-1)
    week.fault(reference, "cancel", "code_f", times=-1, code="CANCEL_WINDOW_EXCEED")
    week.simulator.operate_dashboard(f"{reference}-1", "review", code="REJECT")
    await week.payments.refresh(reference)
    await skip_pauses(week, reference, 24, step=timedelta(hours=1))
    payment = await week.payments.get(reference)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.review is not None
    assert len(week.calls(reference, "cancel")) <= 3
    week.simulator.clear_faults()
    await skip_pauses(week, reference, 28, step=timedelta(hours=6))
    await week.handle(reference).result()
    assert week.ledger(reference)["liveAuthorizations"] == 0
