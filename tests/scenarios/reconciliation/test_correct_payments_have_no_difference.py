"""Correct payments in every status, running and ended, have no difference."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateStage

from holdfast import PaymentStatus
from tests.support.scenarios.accounts import Books, assert_no_difference
from tests.support.world import DECLINED_VISA
from tools.chaos.settling import in_parallel

Case = Callable[[Books], Awaitable[str]]


async def _waits_for_the_buyer(shop: Books) -> str:
    return await shop.started("correct-redirected", card=None)


async def _is_pending(shop: Books) -> str:
    reference = await shop.started("correct-pending", card=None)
    await shop.world.buyer(reference, "pending")
    await shop.world.becomes(reference, PaymentStatus.PENDING)
    return reference


async def _is_authorized(shop: Books) -> str:
    return await shop.started("correct-authorized")


async def _is_authorizing(shop: Books) -> str:
    """The gateway never accepts the pay call."""
    reference = shop.reference("correct-authorizing")
    shop.world.fault(reference, "pay", "code_u", times=-1)
    return await shop.begun(reference)


async def _is_being_captured(shop: Books) -> str:
    reference = await shop.started("correct-capturing")
    shop.world.fault(reference, "capture", "in_process", seconds=86_400)
    capture = shop.world.handle(reference).start_update
    await capture("capture", wait_for_stage=WorkflowUpdateStage.ACCEPTED)
    await shop.world.becomes(reference, PaymentStatus.CAPTURING)
    return reference


async def _is_captured_in_part(shop: Books) -> str:
    reference = await shop.started("correct-part")
    await shop.capture_part(reference)
    return reference


async def _is_captured(shop: Books) -> str:
    return await shop.captured("correct-captured")


async def _is_captured_by_the_gateway(shop: Books) -> str:
    reference = await shop.started("correct-automatic", captureMode="AUTOMATIC")
    await shop.world.becomes(reference, PaymentStatus.CAPTURED)
    return reference


async def _is_to_be_captured_by_the_gateway(shop: Books) -> str:
    reference = shop.reference("correct-automatic-later")
    shop.world.fault(reference, "automaticCapture", "delay", seconds=86_400)
    return await shop.begun(reference, captureMode="AUTOMATIC")


async def _is_cancelled(shop: Books) -> str:
    return await shop.cancelled("correct-cancelled")


async def _is_declined(shop: Books) -> str:
    return await shop.started("correct-declined", card=DECLINED_VISA)


async def _has_failed(shop: Books) -> str:
    reference = await shop.started("correct-failed", card=DECLINED_VISA, attemptLimit=1)
    await shop.world.becomes(reference, PaymentStatus.FAILED)
    return reference


async def _has_a_second_card(shop: Books) -> str:
    return await shop.second_card("correct-second-card")


async def _has_expired(shop: Books) -> str:
    reference = await shop.started("correct-expired", card=None, completeWithin=60)
    await shop.world.skip_until(reference, PaymentStatus.EXPIRED, step=timedelta(seconds=30))
    return reference


async def _is_under_review(shop: Books) -> str:
    reference = await shop.started("correct-review", card=None)
    shop.world.fault(reference, "notification", "none", times=-1)
    shop.world.fault(reference, "inquiryPayment", "wrong_amount")
    await shop.world.payments.refresh(reference)
    await shop.world.becomes(reference, PaymentStatus.NEEDS_REVIEW)
    return reference


async def _was_terminated_without_money(shop: Books) -> str:
    reference = await shop.started("correct-terminated", card=None)
    await shop.world.handle(reference).terminate("a mistake")
    await shop.world.buyer(reference, "fail")
    return reference


CASES: list[Case] = [
    _waits_for_the_buyer,
    _is_pending,
    _is_authorized,
    _is_authorizing,
    _is_being_captured,
    _is_captured_in_part,
    _is_captured,
    _is_captured_by_the_gateway,
    _is_to_be_captured_by_the_gateway,
    _is_cancelled,
    _is_declined,
    _has_failed,
    _has_a_second_card,
    _has_expired,
    _is_under_review,
    _was_terminated_without_money,
]


@pytest.mark.timeout(600)
async def test_sixty_four_correct_payments_in_every_status_have_no_difference(shop: Books) -> None:
    references = await in_parallel(lambda case: case(shop), CASES * 4, at_once=4)
    assert len(set(references)) == 64
    report = await shop.reconcile(pageSize=1)
    assert_no_difference(report, 64)
    assert report.inProgress <= 4, "the payments that are being authorized"
    assert [item for item in await shop.review_items() if item.startswith("difference-")] == []
