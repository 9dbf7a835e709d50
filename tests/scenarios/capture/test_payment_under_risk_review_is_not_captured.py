"""While the gateway reviews the risk of an authorization, nothing is captured or reported as shippable."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from holdfast import Outcome, PaymentStatus, Resolution, UnderRiskReview
from holdfast.statuses.payment_status import FINAL
from tests.support.eventually import eventually
from tests.support.world import World

HOUR = 3600
UNDER_REVIEW = "PROCESSING"


async def _under_review(world: World, scenario: str, *, result: str = "", **fields: object) -> str:
    """Returns an authorized payment under risk review, with its result an hour later, if it has one."""
    reference = world.reference(scenario)
    world.fault(reference, "riskReview", "processing", code=result, seconds=HOUR)
    await world.authorize(reference, card=None, **fields)
    await world.buyer(reference, "pay")
    with world.env.with_time_skipping_disabled():
        await world.becomes(reference, PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURING)
    return reference


def _captured(world: World, reference: str) -> int:
    captured: int = world.ledger(reference)["capturedAmount"]
    return captured


def _inquiries(world: World, reference: str) -> int:
    return len(world.calls(reference, "inquiryPayment"))


async def _has_status(world: World, reference: str, status: str) -> bool:
    return (await world.payments.get(reference)).authReviewStatus == status


async def _decide(world: World, reference: str, result: str, source: str) -> None:
    """Decides the risk review; the source is a notification, a refresh, or Holdfast's own inquiry."""
    world.simulator.operate_dashboard(f"{reference}-1", "review", code=result)
    if source == "notification":
        await world.notify_success(reference, notifyType="RISK_POST_REVIEW", authReviewStatus=result)
    elif source == "refresh":
        await world.payments.refresh(reference)
    else:
        await world.skip(reference, timedelta(hours=7))


@pytest.mark.parametrize("source", ["notification", "refresh", "inquiry"])
async def test_capture_is_refused_until_the_risk_review_accepts(world: World, source: str) -> None:
    reference = await _under_review(world, f"risk-accepted-{source}")
    assert (await world.payments.get(reference)).authReviewStatus == UNDER_REVIEW
    with pytest.raises(UnderRiskReview):
        await world.payments.capture(reference)
    assert world.calls(reference, "capture") == []
    await _decide(world, reference, "ACCEPT", source)
    await eventually(lambda: _has_status(world, reference, "ACCEPT"))
    payment = await world.payments.capture(reference)
    assert payment.status is PaymentStatus.CAPTURED
    assert payment.review is None
    assert _captured(world, reference) == 30000


@pytest.mark.parametrize("source", ["notification", "refresh", "inquiry"])
async def test_rejected_authorization_is_released(world: World, source: str) -> None:
    reference = await _under_review(world, f"risk-rejected-{source}")
    await _decide(world, reference, "REJECT", source)
    payment = await world.skip_until(reference, *FINAL, step=timedelta(seconds=16))
    assert payment.status is PaymentStatus.CANCELLED
    assert payment.authReviewStatus == "REJECT"
    assert world.ledger(reference)["liveAuthorizations"] == 0
    assert _captured(world, reference) == 0


async def test_result_of_the_gateways_own_notification_is_applied(world: World) -> None:
    reference = await _under_review(world, "risk-post-review", result="REJECT")
    world.simulator.advance(HOUR + 1)
    payment = await world.skip_until(reference, *FINAL, step=timedelta(seconds=1))
    assert payment.status is PaymentStatus.CANCELLED
    assert [n["acknowledged"] for n in _notifications(world, reference)] == [True, True]
    assert world.ledger(reference)["liveAuthorizations"] == 0


def _notifications(world: World, reference: str) -> list[dict[str, object]]:
    return [n for n in world.simulator.notifications() if n["paymentRequestId"] == f"{reference}-1"]


async def test_automatic_capture_under_risk_review_is_not_reported_as_captured(world: World) -> None:
    reference = await _under_review(world, "risk-auto-accepted", captureMode="AUTOMATIC")
    await eventually(lambda: _captured(world, reference) == 30000)
    with world.env.with_time_skipping_disabled():
        payment = await world.becomes(reference, PaymentStatus.CAPTURING)
    assert payment.capturedAmount == payment.paymentAmount
    await world.skip(reference, timedelta(days=2))
    payment = await world.payments.get(reference)
    assert (payment.status, payment.review) == (PaymentStatus.CAPTURING, None)
    await world.skip(reference, timedelta(days=6))
    payment = await world.payments.get(reference)
    assert payment.status is PaymentStatus.CAPTURING
    assert payment.review is not None, "an operator sees a review that takes too long"
    await _decide(world, reference, "ACCEPT", "notification")
    payment = await world.becomes(reference, PaymentStatus.CAPTURED)
    assert payment.capturedAmount == payment.paymentAmount


async def test_rejected_payment_that_was_captured_already_waits_for_a_person(world: World) -> None:
    reference = await _under_review(world, "risk-auto-rejected", captureMode="AUTOMATIC")
    await eventually(lambda: _captured(world, reference) == 30000)
    with world.env.with_time_skipping_disabled():
        await world.becomes(reference, PaymentStatus.CAPTURING)
        await _decide(world, reference, "REJECT", "notification")
        payment = await world.becomes(reference, PaymentStatus.NEEDS_REVIEW)
    assert payment.review is not None
    assert "risk review" in payment.review.reason
    assert payment.capturedAmount == payment.paymentAmount
    await world.skip(reference, timedelta(days=1))
    payment = await world.payments.refresh(reference)
    assert payment.status is PaymentStatus.NEEDS_REVIEW, "no inquiry reports it as captured"
    resolution = Resolution(
        outcome=Outcome.SUCCEEDED, resolvedBy="ops-7", reason="it was refunded", evidence="case 4711"
    )
    payment = await world.payments.resolve(reference, resolution)
    assert (payment.status, payment.review) == (PaymentStatus.CAPTURED, None)
    assert payment.authReviewStatus == "REJECT"
    assert _captured(world, reference) == 30000


async def test_expiring_authorization_under_risk_review_is_not_captured(world: World) -> None:
    reference = await _under_review(world, "risk-expiry", onAuthorizationExpiry="CAPTURE")
    payment = await world.payments.get(reference)
    assert payment.authExpiryTime is not None
    before_expiry = payment.authExpiryTime - datetime.now(UTC) - timedelta(minutes=30)
    await world.skip(reference, before_expiry)
    await eventually(lambda: _has_acted(world, reference))
    payment = await world.payments.get(reference)
    assert (payment.status, payment.captures) == (PaymentStatus.AUTHORIZED, ())
    assert payment.review is not None
    assert "risk review" in payment.review.reason
    assert world.calls(reference, "capture") == []


async def _has_acted(world: World, reference: str) -> bool:
    """Returns whether the payment has done something about its expiring authorization."""
    payment = await world.payments.get(reference)
    return payment.review is not None or payment.status is not PaymentStatus.AUTHORIZED


async def test_expiring_authorization_is_captured_once_its_risk_review_accepts(world: World) -> None:
    reference = await _under_review(world, "risk-expiry-accepted", onAuthorizationExpiry="CAPTURE")
    payment = await world.payments.get(reference)
    assert payment.authExpiryTime is not None
    assert await world.skip(reference, payment.authExpiryTime - datetime.now(UTC) - timedelta(minutes=30))
    await eventually(lambda: _has_acted(world, reference))
    await _decide(world, reference, "ACCEPT", "notification")
    payment = await world.becomes(reference, PaymentStatus.CAPTURED)
    assert _captured(world, reference) == 30000


async def test_capture_without_an_answer_is_not_repeated_under_risk_review(world: World) -> None:
    """The capture never arrived, and the risk review begins before it is sent again."""
    reference = world.reference("risk-during-capture")
    await world.authorize(reference)
    world.fault(reference, "capture", "drop_before", times=4)
    with world.env.with_time_skipping_disabled():
        capturing = asyncio.create_task(world.payments.capture(reference))
        await eventually(lambda: bool(world.calls(reference, "capture")))
        world.simulator.operate_dashboard(f"{reference}-1", "review", code=UNDER_REVIEW)
        await world.notify_success(reference, authReviewStatus=UNDER_REVIEW)
    await world.answer(reference, capturing)
    sent = len(world.calls(reference, "capture"))
    await world.skip(reference, timedelta(hours=2))
    assert len(world.calls(reference, "capture")) == sent
    await _decide(world, reference, "REJECT", "notification")
    payment = await world.skip_until(reference, *FINAL, step=timedelta(seconds=16))
    assert payment.status is PaymentStatus.CANCELLED
    assert world.ledger(reference)["liveAuthorizations"] == 0
    assert _captured(world, reference) == 0


@pytest.mark.parametrize("named", [{"paymentRequestId": None}, {"paymentRequestId": None, "paymentId": None}])
async def test_rejection_without_a_request_id_is_applied(world: World, named: dict[str, Any]) -> None:
    """Antom documents no body for RISK_POST_REVIEW. Two of them differ in nothing but the review's status."""
    reference = world.reference(f"risk-unnamed-{len(named)}")
    await world.authorize(reference)
    for status in (UNDER_REVIEW, "REJECT"):
        world.simulator.operate_dashboard(f"{reference}-1", "review", code=status)
        with world.env.with_time_skipping_disabled():
            await world.notify_success(
                reference, notifyType="RISK_POST_REVIEW", authReviewStatus=status, **named
            )
            await eventually(partial(_has_status, world, reference, status))
    payment = await world.skip_until(reference, *FINAL, step=timedelta(seconds=16))
    assert payment.status is PaymentStatus.CANCELLED
    assert (payment.review is None) is (len(named) == 1), "a notification that names nothing is flagged"
    assert world.ledger(reference)["liveAuthorizations"] == 0
