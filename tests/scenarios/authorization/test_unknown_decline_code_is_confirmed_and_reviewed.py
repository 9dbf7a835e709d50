"""A failure whose code explains nothing is confirmed by an inquiry, and a person is asked to look at it."""

import asyncio
import json
from datetime import timedelta
from functools import partial

import pytest

from holdfast import Amount, Payment, PaymentStatus
from holdfast.payment import CaptureStatus
from tests.support.eventually import eventually
from tests.support.world import AGAIN, VISA, World

UNDOCUMENTED = "NEW_ISSUER_DECLINE"
UNEXPLAINED = ["SYSTEM_ERROR", "PROCESS_FAIL", "ACCESS_DENIED"]


def _name(code: str) -> str:
    return code.replace("_", "-").lower()


async def _paid(world: World, reference: str) -> Payment:
    """Returns the answer to authorize, with the time between inquiries skipped."""
    paying = asyncio.create_task(world.authorize(reference))
    await eventually(lambda: bool(world.calls(reference, "pay")))
    return await world.answer(reference, paying)


@pytest.mark.parametrize("code", [UNDOCUMENTED, *UNEXPLAINED])
async def test_first_send_that_fails_without_an_explanation_is_confirmed_and_reviewed(
    world: World, code: str
) -> None:
    reference = world.reference(f"unexplained-{_name(code)}")
    world.fault(reference, "pay", "code_f", code=code)
    payment = await _paid(world, reference)
    assert payment.status is (PaymentStatus.DECLINED if code == UNDOCUMENTED else PaymentStatus.FAILED)
    assert payment.attempt.resultCode == code
    assert payment.review is not None
    assert code in payment.review.reason
    assert world.calls(reference, "inquiryPayment"), "an inquiry confirms the failure"
    assert world.ledger(reference).get("liveAuthorizations", 0) == 0


async def test_authorization_behind_an_unexplained_failure_is_found(world: World) -> None:
    """The gateway authorizes, and the answer to the only send of the pay call is an unexplained failure."""
    reference = world.reference("unexplained-and-authorized")
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "pay", "act_and_code_f", code="SYSTEM_ERROR")
    payment = await _paid(world, reference)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["liveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_buyer_can_try_again_after_a_confirmed_failure_with_an_unknown_code(world: World) -> None:
    reference = world.reference("unknown-code-retried")
    world.fault(reference, "pay", "code_f", code=UNDOCUMENTED)
    assert (await _paid(world, reference)).status is PaymentStatus.DECLINED
    second = await world.order(reference, card=VISA)
    with world.env.with_time_skipping_disabled():
        payment = await world.payments.retry(reference, second.paymentMethod)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_notified_failure_with_an_unknown_code_is_confirmed_and_reviewed(world: World) -> None:
    reference = world.reference("unknown-code-notified")
    await world.authorize(reference, card=None)
    await world.buyer(reference, "fail", code=UNDOCUMENTED)
    payment = await world.becomes(reference, PaymentStatus.DECLINED)
    assert payment.review is not None
    assert len(world.calls(reference, "inquiryPayment")) == 1
    await world.payments.cancel(reference, "end of the test")


@pytest.mark.parametrize("code", [UNDOCUMENTED, *UNEXPLAINED])
async def test_capture_behind_an_unexplained_failure_is_counted_once(world: World, code: str) -> None:
    """The gateway captures, and the answer to the only send is an unexplained failure."""
    reference = world.reference(f"unexplained-capture-{_name(code)}")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "act_and_code_f", code=code)
    payment = await world.answer(reference, world.payments.capture(reference))
    assert payment.status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000
    assert len(world.calls(reference, "capture")) == 1


async def test_capture_that_fails_without_an_explanation_is_confirmed_and_reviewed(world: World) -> None:
    reference = world.reference("unexplained-capture-failed")
    await world.authorize(reference)
    world.fault(reference, "capture", "code_f", code="PROCESS_FAIL")
    inquiries = len(world.calls(reference, "inquiryPayment"))
    await world.answer(reference, world.payments.capture(reference))
    payment = await world.skip_until(reference, PaymentStatus.AUTHORIZED, step=AGAIN)
    assert payment.captures[0].status is CaptureStatus.FAIL
    assert payment.review is not None
    assert len(world.calls(reference, "inquiryPayment")) > inquiries, "an inquiry confirms the failure"
    assert world.ledger(reference)["capturedAmount"] == 0
    await world.payments.cancel(reference, "end of the test")


@pytest.mark.parametrize("code", [UNDOCUMENTED, *UNEXPLAINED])
async def test_cancel_that_fails_without_an_explanation_is_sent_again(world: World, code: str) -> None:
    """A refusal would leave the authorization, which `onAuthorizationExpiry` captures in the end."""
    reference = world.reference(f"unexplained-cancel-{_name(code)}")
    await world.authorize(reference, onAuthorizationExpiry="CAPTURE")
    world.fault(reference, "cancel", "code_f", code=code)
    cancelling = world.payments.cancel(reference, "out of stock")
    payment = await world.answer(reference, cancelling)
    payment = await world.skip_until(reference, PaymentStatus.CANCELLED, step=AGAIN)
    assert payment.review is None
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_cancel_that_never_succeeds_is_for_a_person_and_not_captured(world: World) -> None:
    reference = world.reference("unexplained-cancel-always")
    await world.authorize(reference, onAuthorizationExpiry="CAPTURE")
    world.fault(reference, "cancel", "code_f", code="SYSTEM_ERROR", times=-1)
    await world.answer(reference, world.payments.cancel(reference, "out of stock"))
    payment = await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=AGAIN)
    assert payment.review is not None
    await world.skip(reference, timedelta(days=8))
    assert world.calls(reference, "capture") == []
    world.simulator.clear_faults(reference)
    payment = await world.skip_until(reference, PaymentStatus.CANCELLED, step=timedelta(hours=1))
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_part_behind_an_unexplained_notified_failure_is_captured_once(world: World) -> None:
    """The gateway notifies a failure inside it, and captures; the merchant repeats the part."""
    reference, part = world.reference("unexplained-capture-notified"), Amount(currency="EUR", value="10000")
    payment = await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "in_process", seconds=40)
    capture = partial(world.payments.capture, reference, part, is_last_capture=False, key="parcel-1")
    with world.env.with_time_skipping_disabled():
        capturing = asyncio.create_task(capture())
        await eventually(lambda: bool(world.calls(reference, "capture")))
        failed = {
            "notifyType": "CAPTURE_RESULT",
            "result": {"resultCode": "SYSTEM_ERROR", "resultStatus": "F"},
            "paymentId": payment.attempt.paymentId,
            "captureRequestId": f"{reference}-c1",
            "captureAmount": part.model_dump(),
        }
        assert await world.notify(reference, json.dumps(failed).encode()) == 200
        await eventually(lambda: _is_settled(world, reference))
    await world.answer(reference, capturing)
    await world.answer(reference, capture())
    world.simulator.advance(40)
    payment = await world.skip_until(reference, PaymentStatus.PARTIALLY_CAPTURED, step=AGAIN)
    assert payment.capturedAmount == part
    assert world.ledger(reference)["capturedAmount"] == 10000


async def _is_settled(world: World, reference: str) -> bool:
    """Returns whether the notification of the failure is recorded or applied."""
    payment = await world.payments.get(reference)
    return bool(payment.progress.observations) or payment.captures[0].status is CaptureStatus.FAIL
