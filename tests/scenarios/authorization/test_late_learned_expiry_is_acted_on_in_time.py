"""An expiry is learned late: the chosen action is taken before the earliest one that is known."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from holdfast import Amount, Payment, PaymentStatus
from tests.support.eventually import eventually
from tests.support.scenarios.pauses import skip_pauses
from tests.support.time_skipping import TimeSkipping
from tests.support.world import World, running_world

LIFETIME = timedelta(days=2)
FIVE_DAYS = timedelta(days=5).total_seconds()
MINUTES = timedelta(minutes=5)
PART = Amount(currency="EUR", value="10000")


@pytest.fixture
async def two_days(temporal: TimeSkipping, tmp_path: Path) -> AsyncIterator[World]:
    """A Holdfast whose gateway holds authorizations for two days."""
    async with running_world(temporal, tmp_path, task_queue="two-days", authorization=LIFETIME) as running:
        yield running


async def _authorized(world: World, story: str, pay_fault: str, choice: str) -> str:
    """Returns a payment whose pay answer has no expiry, or a later one, and whose notification is lost."""
    reference = world.reference(story)
    world.fault(reference, "notification", "none")
    world.fault(reference, "pay", pay_fault, seconds=FIVE_DAYS)
    payment = await world.authorize(reference, onAuthorizationExpiry=choice)
    assert payment.status is PaymentStatus.AUTHORIZED
    return reference


async def _skip_to_the_last_hour(world: World, reference: str) -> bool:
    """Skips to five minutes after the action. Returns whether the workflow is still running."""
    assert await world.skip(reference, LIFETIME - timedelta(hours=1) - MINUTES)
    assert (await world.payments.get(reference)).review is None, "it is not acted on before"
    return await world.skip(reference, 2 * MINUTES)


@pytest.mark.parametrize("pay_fault", ["without_expiry", "later_expiry"])
async def test_two_day_authorization_whose_expiry_a_refresh_reports_is_captured(
    two_days: World, pay_fault: str
) -> None:
    reference = await _authorized(two_days, "late-expiry-capture", pay_fault, "CAPTURE")
    refreshed = await two_days.payments.refresh(reference)
    assert refreshed.authExpiryTime is not None
    await _skip_to_the_last_hour(two_days, reference)
    await eventually(lambda: two_days.ledger(reference)["capturedAmount"] == 30000, within=20)
    two_days.simulator.advance(LIFETIME.total_seconds())
    assert two_days.ledger(reference)["capturedAmount"] == 30000
    final: Payment = await two_days.handle(reference).result()
    assert final.status is PaymentStatus.CAPTURED


async def test_two_day_authorization_whose_expiry_a_notification_reports_is_voided(two_days: World) -> None:
    reference = await _authorized(two_days, "late-expiry-void", "later_expiry", "VOID")
    paid = two_days.simulator.ledger()["payments"][f"{reference}-1"]
    await two_days.notify_success(reference, authExpiryTime=paid["authExpiryTime"])
    await eventually(lambda: _expires_within(two_days, reference, LIFETIME))
    await _skip_to_the_last_hour(two_days, reference)
    await two_days.skip_until(reference, PaymentStatus.EXPIRED, step=timedelta(minutes=1))
    assert two_days.ledger(reference)["liveAuthorizations"] == 0
    assert len(two_days.calls(reference, "cancel")) == 1


async def test_two_day_authorization_whose_expiry_an_inquiry_reports_is_reviewed_with_notify(
    two_days: World,
) -> None:
    reference = await _authorized(two_days, "late-expiry-notify", "later_expiry", "NOTIFY")
    await two_days.payments.refresh(reference)
    assert await _skip_to_the_last_hour(two_days, reference)
    payment = await two_days.payments.get(reference)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.review is not None
    assert "expires" in payment.review.reason
    assert (await two_days.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert two_days.ledger(reference)["capturedAmount"] == 30000


@pytest.mark.parametrize(("choice", "captured"), [("CAPTURE", 30000), ("NOTIFY", 10000), ("VOID", 10000)])
async def test_remainder_of_a_partly_captured_payment_is_acted_on_before_a_late_learned_expiry(
    two_days: World, choice: str, captured: int
) -> None:
    reference = await _authorized(two_days, f"late-remainder-{choice.lower()}", "later_expiry", choice)
    partly = await two_days.payments.capture(reference, PART, is_last_capture=False, key="first")
    assert partly.status is PaymentStatus.PARTIALLY_CAPTURED
    await two_days.payments.refresh(reference)
    await _skip_to_the_last_hour(two_days, reference)
    await eventually(lambda: two_days.ledger(reference)["capturedAmount"] == captured, within=20)
    payment = await two_days.payments.get(reference)
    assert (payment.review is not None) == (choice == "NOTIFY")
    if choice != "CAPTURE":
        assert payment.status is PaymentStatus.PARTIALLY_CAPTURED, "the gateway still holds the remainder"


async def test_capture_after_an_outage_in_the_last_hour_is_made_before_the_expiry(two_days: World) -> None:
    """The capture is lost for 42 of 59 minutes: the next one is sent before the authorization expires."""
    reference = two_days.reference("outage-in-the-last-hour")
    await two_days.authorize(reference, onAuthorizationExpiry="CAPTURE")
    two_days.fault(reference, "capture", "drop_before", times=-1)
    assert await two_days.skip(reference, LIFETIME - timedelta(minutes=59))
    await eventually(lambda: bool(two_days.calls(reference, "capture")))
    await skip_pauses(two_days, reference, 84, step=timedelta(seconds=30))
    assert two_days.ledger(reference)["capturedAmount"] == 0
    two_days.simulator.clear_faults()
    await skip_pauses(two_days, reference, 84, step=timedelta(seconds=30))
    assert two_days.ledger(reference)["capturedAmount"] == 30000
    final: Payment = await two_days.handle(reference).result()
    captured = next(event for event in final.events if event.to is PaymentStatus.CAPTURED)
    assert final.authExpiryTime is not None
    assert captured.at < final.authExpiryTime


async def test_payment_whose_review_can_end_is_captured_before_the_expiry(two_days: World) -> None:
    """The record fits again shortly before the action is due, and hours before the review's next inquiry."""
    reference = two_days.reference("reviewed-before-expiry")
    await two_days.authorize(reference, onAuthorizationExpiry="CAPTURE")
    two_days.fault(reference, "inquiryPayment", "wrong_amount", times=-1)
    assert (await two_days.payments.refresh(reference)).status is PaymentStatus.NEEDS_REVIEW
    await skip_pauses(two_days, reference, 46, step=timedelta(hours=1))
    await skip_pauses(two_days, reference, 1, step=timedelta(minutes=55))
    two_days.simulator.clear_faults()
    assert two_days.ledger(reference)["capturedAmount"] == 0
    await two_days.skip(reference, 2 * MINUTES)
    await eventually(lambda: two_days.ledger(reference)["capturedAmount"] == 30000, within=20)


async def test_expiry_before_the_payment_is_flagged_and_not_acted_on(two_days: World) -> None:
    reference = two_days.reference("impossible-expiry")
    two_days.fault(reference, "notification", "none")
    two_days.fault(reference, "pay", "expiry_before_payment", seconds=60)
    payment = await two_days.authorize(reference, onAuthorizationExpiry="CAPTURE")
    assert (payment.status, payment.authExpiryTime) == (PaymentStatus.AUTHORIZED, None)
    assert payment.review is not None
    assert "authExpiryTime" in payment.review.reason
    assert two_days.ledger(reference)["capturedAmount"] == 0
    await two_days.payments.refresh(reference)
    await two_days.skip(reference, LIFETIME - timedelta(minutes=55))
    await eventually(lambda: two_days.ledger(reference)["capturedAmount"] == 30000, within=20)


async def _expires_within(world: World, reference: str, lifetime: timedelta) -> bool:
    payment = await world.payments.get(reference)
    began = payment.attempt.startedAt
    return payment.authExpiryTime is not None and payment.authExpiryTime - began < 2 * lifetime
