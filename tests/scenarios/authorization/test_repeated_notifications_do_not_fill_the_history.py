"""A notification that is sent again, with the same body or only the same content, adds nothing."""

import asyncio
import json
import secrets
from datetime import timedelta

from holdfast import PaymentStatus
from tests.support.eventually import eventually
from tests.support.world import Json, World

SIGNALED = "WORKFLOW_EXECUTION_SIGNALED"


async def _authorized(world: World, scenario: str) -> str:
    """Returns a payment on the hosted page that is authorized by its own notification."""
    reference = world.reference(scenario)
    with world.env.with_time_skipping_disabled():
        await world.authorize(reference, card=None)
        await world.buyer(reference, "pay")
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
    return reference


def _result(world: World, reference: str, value: str = "30000", **fields: object) -> bytes:
    """Returns the body of a PAYMENT_RESULT of success about the first attempt."""
    request_id = f"{reference}-1"
    content: Json = {
        "notifyType": "PAYMENT_RESULT",
        "result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"},
        "paymentRequestId": request_id,
        "paymentId": world.simulator.ledger()["payments"][request_id]["paymentId"],
        "paymentAmount": {"currency": "EUR", "value": value},
        "paymentCreateTime": "2026-11-23T10:00:00+08:00",
        **fields,
    }
    return json.dumps(content).encode()


async def _signals(world: World, reference: str) -> int:
    """Returns the number of signals. The history lacks those that arrived during a workflow task."""
    await world.payments.refresh(reference)
    return (await world.events(reference)).count(SIGNALED)


async def test_same_request_sent_two_hundred_times_is_one_event(world: World) -> None:
    reference = await _authorized(world, "replayed-notification")
    before, body = await _signals(world, reference), _result(world, reference)
    answers = [await world.notify(reference, body) for _ in range(200)]
    assert set(answers) == {200}
    assert await _signals(world, reference) == before + 1
    await world.payments.capture(reference)
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_same_encrypted_request_sent_again_is_one_event(sealed: World) -> None:
    """With a codec key, equal notifications are different bytes in Temporal."""
    reference = await _authorized(sealed, "replayed-encrypted-notification")
    before, body = await _signals(sealed, reference), _result(sealed, reference)
    answers = await asyncio.gather(*(sealed.notify(reference, body) for _ in range(20)))
    assert set(answers) == {200}
    assert await _signals(sealed, reference) == before + 1
    await sealed.payments.cancel(reference, "end of the test")


async def test_contradicting_claim_is_asked_about_once(world: World) -> None:
    """The bodies differ, as those of a gateway that sends again do; what they report is equal."""
    reference = await _authorized(world, "repeated-claim")
    first = len(world.calls(reference, "inquiryPayment"))
    await world.notify(reference, _result(world, reference, value="1"))
    await eventually(lambda: len(world.calls(reference, "inquiryPayment")) == first + 1)
    payment = await world.payments.get(reference)
    length = len(await world.events(reference))
    for _ in range(50):
        body = _result(world, reference, value="1", nonce=secrets.token_hex(8))
        assert await world.notify(reference, body) == 200
    after = await world.payments.get(reference)
    assert len(world.calls(reference, "inquiryPayment")) == first + 1
    assert (after.events, after.review) == (payment.events, payment.review)
    assert len(await world.events(reference)) <= length + 50 * 4
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_claim_with_another_amount_is_asked_about(world: World) -> None:
    reference = await _authorized(world, "differing-claims")
    for value in ("1", "2"):
        await _assert_asked_about(world, reference, value)
    await world.payments.cancel(reference, "end of the test")


async def _assert_asked_about(world: World, reference: str, value: str) -> None:
    before = len(world.calls(reference, "inquiryPayment"))
    await world.notify(reference, _result(world, reference, value=value))
    await eventually(lambda: len(world.calls(reference, "inquiryPayment")) > before)


async def test_unanswered_claim_is_asked_about_until_the_gateway_answers(world: World) -> None:
    reference = await _authorized(world, "unanswered-claim")
    world.fault(reference, "inquiryPayment", "http_500", times=-1)
    first = len(world.calls(reference, "inquiryPayment"))
    await world.notify(reference, _result(world, reference, value="1"))
    await eventually(lambda: len(world.calls(reference, "inquiryPayment")) > first)
    world.simulator.clear_faults()
    answered = len(world.calls(reference, "inquiryPayment"))
    await world.skip(reference, timedelta(minutes=5))
    await eventually(lambda: len(world.calls(reference, "inquiryPayment")) > answered)
    await world.payments.cancel(reference, "end of the test")
