"""A merchant repeats `retry` because it got no answer: the same key is the same attempt."""

import asyncio
from datetime import timedelta

import pytest

from holdfast import PaymentClient, PaymentMethod, PaymentStatus, PaymentUnavailable
from tests.support.world import DECLINED_VISA, VISA, World


async def _declined(world: World, scenario: str) -> str:
    reference = world.reference(scenario)
    payment = await world.authorize(reference, card=DECLINED_VISA, attemptLimit=4)
    assert payment.status is PaymentStatus.DECLINED
    return reference


async def _method(world: World, reference: str, card: str) -> PaymentMethod:
    return (await world.order(reference, card=card)).paymentMethod


async def test_retry_repeated_after_payment_unavailable_makes_one_attempt(world: World) -> None:
    """The attempt is declined before the repeat, so that another attempt would be possible."""
    reference = await _declined(world, "retry-unavailable")
    impatient = PaymentClient(world.client, answer_within=timedelta(seconds=0.5))
    method = await _method(world, reference, DECLINED_VISA)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "pay", "act_and_delay", seconds=20)
    with world.env.with_time_skipping_disabled():
        with pytest.raises(PaymentUnavailable):
            await impatient.retry(reference, method, key="card-2")
        payment = await world.becomes(reference, PaymentStatus.DECLINED)
        again = await world.payments.retry(reference, method, key="card-2")
    assert (again.status, len(again.attempts)) == (PaymentStatus.DECLINED, 2)
    assert again.attempts == payment.attempts
    assert {call["paymentRequestId"] for call in world.calls(reference, "pay")} == {
        f"{reference}-1",
        f"{reference}-2",
    }
    await world.payments.cancel(reference, "end of the test")


async def test_retry_with_another_key_makes_another_attempt(world: World) -> None:
    reference = await _declined(world, "retry-other-key")
    with world.env.with_time_skipping_disabled():
        for key, card in (("card-2", DECLINED_VISA), ("card-3", VISA)):
            await world.payments.retry(reference, await _method(world, reference, card), key=key)
    assert len(world.calls(reference, "pay")) == 3
    assert world.ledger(reference)["liveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_concurrent_retries_with_one_key_make_one_attempt(world: World) -> None:
    reference = await _declined(world, "retry-concurrent")
    method = await _method(world, reference, VISA)
    with world.env.with_time_skipping_disabled():
        calls = (world.payments.retry(reference, method, key="card-2") for _ in range(5))
        answers = await asyncio.gather(*calls)
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
    assert {len(answer.attempts) for answer in answers} == {2}
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_retry_repeated_after_the_end_is_answered_with_the_payment(world: World) -> None:
    reference = await _declined(world, "retry-after-end")
    method = await _method(world, reference, VISA)
    with world.env.with_time_skipping_disabled():
        await world.payments.retry(reference, method, key="card-2")
    await world.payments.capture(reference)
    await world.handle(reference).result()
    again = await world.payments.retry(reference, method, key="card-2")
    assert again.status is PaymentStatus.CAPTURED
    assert len(world.calls(reference, "pay")) == 2
