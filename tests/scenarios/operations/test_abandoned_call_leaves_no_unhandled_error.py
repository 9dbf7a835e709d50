"""A call that its caller abandons, or that has no answer in time, leaves no error that asyncio logs later."""

import asyncio
import gc
import secrets
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from holdfast import (
    Payment,
    PaymentClient,
    PaymentEnded,
    PaymentUnavailable,
    UnavailableReason,
    WaitTimedOut,
)
from tests.support.eventually import eventually
from tests.support.world import World

Call = Callable[[PaymentClient, str], Awaitable[Payment]]
CALLS: dict[str, Call] = {
    "refresh": lambda payments, reference: payments.refresh(reference),
    "capture": lambda payments, reference: payments.capture(reference),
    "cancel": lambda payments, reference: payments.cancel(reference, "out of stock"),
    "get": lambda payments, reference: payments.get(reference),
}


@pytest.fixture
def unhandled() -> Iterator[list[dict[str, Any]]]:
    """The errors that asyncio would log during the test."""
    seen: list[dict[str, Any]] = []
    loop = asyncio.get_event_loop()
    loop.set_exception_handler(lambda _, context: seen.append(context))
    yield seen
    loop.set_exception_handler(None)


@pytest.fixture
def unanswered(world: World) -> PaymentClient:
    """A client of payments for which no worker is running."""
    return PaymentClient(world.client, answer_within=timedelta(milliseconds=500), task_queue="unpolled")


async def _collect() -> None:
    """Deletes all abandoned futures; their errors are logged by the next step of the event loop."""
    for _ in range(3):
        gc.collect()
        await asyncio.sleep(0)


def _unworked_reference() -> str:
    """Returns a reference without a stored history: no worker works on its payment."""
    return f"abandoned-{secrets.token_hex(4)}"


async def _started(world: World, unanswered: PaymentClient) -> str:
    reference = _unworked_reference()
    with pytest.raises(PaymentUnavailable) as caught:
        await unanswered.authorize(await world.order(reference, card=None))
    error = caught.value
    assert (error.reason, error.is_started) == (UnavailableReason.NO_WORKER, True)
    assert not error.may_hold_money
    assert world.calls(reference, "pay") == []
    return reference


async def test_authorize_without_an_answer_leaves_no_error(
    world: World, unanswered: PaymentClient, unhandled: list[object]
) -> None:
    reference = await _started(world, unanswered)
    await _collect()
    assert unhandled == []
    await world.handle(reference).terminate()


@pytest.mark.parametrize("call", CALLS)
async def test_call_without_an_answer_leaves_no_error(
    world: World, unanswered: PaymentClient, unhandled: list[object], call: str
) -> None:
    reference = await _started(world, unanswered)
    with pytest.raises(PaymentUnavailable):
        await CALLS[call](unanswered, reference)
    await _collect()
    assert unhandled == []
    await world.handle(reference).terminate()


async def test_abandoned_authorize_leaves_no_error(world: World, unhandled: list[object]) -> None:
    reference = _unworked_reference()
    patient = PaymentClient(world.client, task_queue="unpolled")
    call = asyncio.create_task(patient.authorize(await world.order(reference, card=None)))
    await eventually(lambda: world.has_begun(reference))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    del call
    await _collect()
    assert unhandled == []
    await world.handle(reference).terminate()


async def test_authorize_of_an_ended_payment_leaves_no_error(world: World, unhandled: list[object]) -> None:
    """Temporal refuses the start, and the client reads the payment instead."""
    reference = world.reference("ended-is-read")
    order = await world.order(reference, card=None)
    with world.env.with_time_skipping_disabled():
        await world.payments.authorize(order)
        await world.payments.cancel(reference, "out of stock")
    await world.handle(reference).result()
    await world.payments.authorize(order)
    await _collect()
    assert unhandled == []


async def test_wait_that_times_out_leaves_no_error(
    world: World, unanswered: PaymentClient, unhandled: list[object]
) -> None:
    reference = await _started(world, unanswered)
    with pytest.raises(WaitTimedOut) as caught:
        await unanswered.wait(reference, timeout=timedelta(milliseconds=50))
    assert caught.value.payment_reference == reference
    await _collect()
    assert unhandled == []
    await world.handle(reference).terminate()


async def test_commands_on_an_ended_payment_leave_no_error(world: World, unhandled: list[object]) -> None:
    reference = _unworked_reference()
    with world.env.with_time_skipping_disabled():
        await world.payments.authorize(await world.order(reference, card=None))
        await world.payments.cancel(reference, "out of stock")
    await world.handle(reference).result()
    with pytest.raises(PaymentEnded, match=reference) as caught:
        await world.payments.capture(reference)
    assert caught.value.payment_reference == reference
    assert (await world.payments.cancel(reference, "again")).status == "CANCELLED"
    assert (await world.payments.refresh(reference)).status == "CANCELLED"
    await _collect()
    assert unhandled == []
