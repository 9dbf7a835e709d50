"""Few callers wait at once, each for what it asked for, and a caller without a place is answered at once."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from holdfast import CaptureRequest, RateLimited
from holdfast.order import parse_order
from holdfast.payment import Capture
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import Verdict
from tests.support.orders import order_fields
from tests.support.settlement.evidence import payment_evidence
from tests.support.skipped_time import in_skipped_time
from tests.support.workflows.clock import START
from tests.support.workflows.running_clock import RunningClock
from workflows.card_payment import callers as module
from workflows.card_payment import payment_state, shared_timer
from workflows.card_payment.callers import WAITING_CALLERS, Callers
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.update_budget import UpdateKind
from workflows.timing import CALLER_WAIT, CAPTURE_ANSWER

IN_FLIGHT = 10
"""As many as the updates that a server accepts in flight."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[RunningClock]:
    with pytest.MonkeyPatch.context() as patch:
        clock = RunningClock()
        for each in (module, payment_state, shared_timer):
            patch.setattr(each, "workflow", clock)
        yield clock


def _state() -> PaymentState:
    """Must be called in a running event loop, whose time is the workflow's."""
    return PaymentState(parse_order(order_fields(captureMode="MANUAL")))


def _capturing(state: PaymentState) -> Capture:
    state.apply(payment_evidence(Verdict.SUCCEEDED))
    state.request_capture(CaptureRequest(), Source.MERCHANT)
    assert state.payment.open_capture is not None
    return state.payment.open_capture


def test_places_are_few_enough_for_commands() -> None:
    alone = 3  # the refresh that starts an inquiry, a resolution and a reconciliation
    assert WAITING_CALLERS + alone < IN_FLIGHT


@in_skipped_time
async def test_caller_without_a_place_is_answered_at_once() -> None:
    state = _state()
    callers, begin = Callers(state, lambda: False), asyncio.get_running_loop().time()
    waiting = [asyncio.create_task(callers.until_actionable()) for _ in range(WAITING_CALLERS)]
    await asyncio.sleep(1)
    assert not callers.has_place
    await callers.until_actionable()
    state.request_cancel("the buyer has left", Source.MERCHANT)
    await callers.until_cancelled()
    assert asyncio.get_running_loop().time() - begin < 2
    await asyncio.gather(*waiting)
    assert callers.has_place


@in_skipped_time
async def test_callers_wait_for_their_condition_and_never_longer_than_a_minute() -> None:
    state = _state()
    callers, loop = Callers(state, lambda: False), asyncio.get_running_loop()
    await callers.until_actionable()
    assert loop.time() == pytest.approx(CALLER_WAIT.total_seconds(), abs=0.1)
    waiting = asyncio.create_task(callers.until_actionable())
    await asyncio.sleep(5)
    state.apply(payment_evidence(Verdict.SUCCEEDED))
    await waiting
    assert loop.time() == pytest.approx(CALLER_WAIT.total_seconds() + 5, abs=0.1)


def test_capture_that_is_decided_by_its_first_send_needs_no_timer_of_its_own(clock: RunningClock) -> None:
    @in_skipped_time
    async def run() -> None:
        state = _state()
        capture = _capturing(state)
        state.sent_captures.add(capture.captureRequestId)
        waiting = asyncio.create_task(
            Callers(state, lambda: False).until_captured(capture, START + CAPTURE_ANSWER)
        )
        await asyncio.sleep(5)
        state.apply_event(Event.CAPTURED, Source.CAPTURE_RESPONSE)
        await waiting

    run()
    assert clock.timers == []


@pytest.mark.parametrize("is_sent", [True, False])
@in_skipped_time
async def test_capture_without_a_result_is_answered_after_twenty_seconds(is_sent: bool) -> None:
    state = _state()
    capture = _capturing(state)
    if is_sent:
        state.sent_captures.add(capture.captureRequestId)
        state.capture_is_slow = True
    await Callers(state, lambda: False).until_captured(capture, START + CAPTURE_ANSWER)
    assert state.status is S.CAPTURING
    elapsed = asyncio.get_running_loop().time()
    assert timedelta(seconds=elapsed) - CAPTURE_ANSWER < timedelta(seconds=1)


@in_skipped_time
async def test_second_update_that_must_be_alone_is_refused() -> None:
    callers = Callers(_state(), lambda: False)
    with callers.alone(UpdateKind.RESOLUTION):
        with pytest.raises(RateLimited, match=r"^resolve: another one is in progress"):
            callers.refuse_second(UpdateKind.RESOLUTION)
        callers.refuse_second(UpdateKind.RECONCILIATION)
    callers.refuse_second(UpdateKind.RESOLUTION)
