"""A pay call that was not sent is made again after a pause, which a cancellation does not wait for."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest

from activities.calls import PayCall
from holdfast.order import parse_order
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from tests.support.orders import order_fields
from tests.support.skipped_time import in_skipped_time
from tests.support.workflows.running_clock import RunningClock
from workflows.card_payment import gateway_calls, payment_state
from workflows.card_payment.gateway_calls import NeverSent
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.steps.authorizing import authorizing

TOO_MANY_CALLS = timedelta(minutes=5)
"""The pause that the account's call limits require before another call."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[RunningClock]:
    with pytest.MonkeyPatch.context() as patch:
        clock = RunningClock()
        for each in (import_module("workflows.card_payment.steps.authorizing"), payment_state):
            patch.setattr(each, "workflow", clock)
        yield clock


@in_skipped_time
async def test_cancellation_during_a_call_that_is_not_sent_ends_at_once(clock: RunningClock) -> None:
    state = PaymentState(parse_order(order_fields()))
    limits = list[bool]()

    async def pay(call: PayCall) -> NeverSent:
        if state.status is S.AUTHORIZING:
            state.request_cancel("the buyer has left", Source.MERCHANT)
        is_too_late = call.expiresAt < state.deadline
        limits.append(is_too_late)
        return NeverSent("limit", isTooLate=is_too_late, retryAfter=TOO_MANY_CALLS)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway_calls, "pay", pay)
        await authorizing(state, Inquirer(state))
    assert (state.status, limits) == (S.CANCELLED, [False, True])
    assert clock.now() - state.payment.attempt.startedAt < timedelta(seconds=1)
