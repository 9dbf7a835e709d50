"""The waits for the expiry of an authorization: when they end, and what an operator sees of them."""

from datetime import timedelta
from importlib import import_module

import pytest

from holdfast.order import CaptureRequest, parse_order
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from tests.support.orders import order_fields
from tests.support.settlement.evidence import PART, capture_evidence, payment_evidence
from tests.support.workflows.clock import START, Clock
from workflows.card_payment import payment_state, polling
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.operator_view import attributes, details
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.steps.authorized import authorized
from workflows.card_payment.steps.capturing import (
    _arrived,
    _longest_pause,
    _pause_before_repeat,
    capturing,
)
from workflows.card_payment.steps.partially_captured import partially_captured
from workflows.timing import (
    CAPTURE_EVIDENCE,
    CAPTURE_REPEAT_PAUSE,
    UNKNOWN_EXPIRY_LONGEST,
    UNKNOWN_EXPIRY_PAUSE,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    names = ("capturing", "expiry", "partially_captured", "risk_review")
    steps = [import_module(f"workflows.card_payment.steps.{name}") for name in names]
    for module in (payment_state, polling, *steps):
        monkeypatch.setattr(module, "workflow", clock)
    return clock


class Record(Inquirer):
    """An inquirer whose record reports an expiry, or none; None is an inquiry without an answer."""

    def __init__(self, state: PaymentState, *lifetimes: timedelta | None, answers: bool = True) -> None:
        self.state, self.lifetimes, self.answers = state, list(lifetimes), answers
        self.inquiries = 0

    async def inquire(self, payment_request_id: str | None = None) -> GatewayRecord | None:
        """Settles the record with the next lifetime, the last of which repeats."""
        self.inquiries += 1
        if not self.answers:
            return None
        lifetime = self.lifetimes.pop(0) if len(self.lifetimes) > 1 else self.lifetimes[0]
        learn(self.state, lifetime, Source.INQUIRY)
        return None

    async def accept_external_captures(self) -> None:
        """Counts the inquiry."""
        self.inquiries += 1


def learn(state: PaymentState, lifetime: timedelta | None, source: Source = Source.NOTIFICATION) -> None:
    """Settles a success with an expiry that is so long after the start, or without one."""
    expires = None if lifetime is None else START + lifetime
    state.apply(payment_evidence(Verdict.SUCCEEDED, source, authExpiryTime=expires))


def authorized_payment(lifetime: timedelta | None, choice: str = "VOID") -> PaymentState:
    state = PaymentState(parse_order(order_fields(captureMode="MANUAL", onAuthorizationExpiry=choice)))
    learn(state, lifetime, Source.PAY_RESPONSE)
    assert state.status is S.AUTHORIZED
    return state


async def test_action_falls_an_hour_before_the_known_expiry(clock: Clock) -> None:
    state = authorized_payment(7 * DAY)
    await authorized(state, Record(state, 7 * DAY))
    assert (state.status, clock.time) == (S.CANCELLING, START + 7 * DAY - HOUR)
    assert clock.waits == [7 * DAY - HOUR]


async def test_wait_ends_early_where_an_earlier_expiry_is_learned(clock: Clock) -> None:
    state = authorized_payment(7 * DAY)
    clock.changes[0] = lambda: learn(state, 2 * DAY)
    await authorized(state, Record(state, 7 * DAY))
    assert (state.status, clock.time) == (S.CANCELLING, START + 2 * DAY - HOUR)


async def test_operator_sees_the_moved_time(clock: Clock) -> None:
    state = authorized_payment(7 * DAY)
    seen = list[str]()

    def look_and_cancel() -> None:
        seen.append(details(state))
        state.request_cancel("end", Source.MERCHANT)

    clock.changes = {0: lambda: learn(state, 2 * DAY), 1: look_and_cancel}
    await authorized(state, Record(state, 7 * DAY))
    [shown] = seen
    assert f"until {START + 2 * DAY - HOUR:%Y-%m-%d %H:%M:%S}" in shown
    assert f"Capture before {START + 2 * DAY:%Y-%m-%d %H:%M:%S}" in shown
    assert START + 2 * DAY in [update.value for update in attributes(state.order, state.payment)]


async def test_later_expiry_than_the_documented_one_delays_the_action(clock: Clock) -> None:
    state = authorized_payment(None)
    inquirer = Record(state, 30 * DAY)
    await authorized(state, inquirer)
    assert (state.status, clock.time) == (S.CANCELLING, START + 30 * DAY - HOUR)
    assert (inquirer.inquiries, clock.waits[0]) == (1, UNKNOWN_EXPIRY_PAUSE)


@pytest.mark.parametrize("answers", [True, False])
async def test_unknown_expiry_is_inquired_about_until_the_action_is_due(
    clock: Clock, *, answers: bool
) -> None:
    state = authorized_payment(None)
    inquirer = Record(state, None, answers=answers)
    await authorized(state, inquirer)
    assert (state.status, clock.time) == (S.CANCELLING, START + 7 * DAY - HOUR)
    assert max(clock.waits) == UNKNOWN_EXPIRY_LONGEST
    assert inquirer.inquiries == len(clock.waits) < 15


async def test_action_that_is_overdue_is_taken_after_an_inquiry(clock: Clock) -> None:
    state = authorized_payment(None)
    clock.time += 8 * DAY
    inquirer = Record(state, None)
    await authorized(state, inquirer)
    assert (state.status, inquirer.inquiries, clock.waits) == (S.CANCELLING, 1, [])


async def test_remainder_is_released_only_after_the_latest_known_expiry(clock: Clock) -> None:
    """The gateway has reported two days and thirty: the merchant can capture until both have passed."""
    state = partly_captured(2 * DAY, 30 * DAY)
    inquirer = Record(state, 30 * DAY)
    await partially_captured(state, inquirer)
    assert (state.status, clock.time) == (S.CAPTURED, START + 30 * DAY)
    assert inquirer.inquiries == 1
    assert state.payment.review is None


async def test_remainder_with_notify_is_flagged_before_the_earliest_known_expiry(clock: Clock) -> None:
    state = partly_captured(2 * DAY, 30 * DAY, choice="NOTIFY")
    await partially_captured(state, Record(state, 30 * DAY))
    assert state.payment.review is not None
    assert state.payment.review.since == START + 2 * DAY - HOUR


async def test_remainder_with_capture_is_captured_before_the_earliest_known_expiry(clock: Clock) -> None:
    state = partly_captured(2 * DAY, 30 * DAY, choice="CAPTURE")
    await partially_captured(state, Record(state, 30 * DAY))
    assert (state.status, clock.time) == (S.CAPTURING, START + 2 * DAY - HOUR)
    assert state.payment.open_capture is not None
    assert state.payment.open_capture.captureAmount.value == "20000"


def partly_captured(*lifetimes: timedelta, choice: str = "VOID") -> PaymentState:
    state = authorized_payment(lifetimes[0], choice)
    for lifetime in lifetimes[1:]:
        learn(state, lifetime)
    part = CaptureRequest(captureAmount=PART, isLastCapture=False)
    state.request_capture(part, Source.MERCHANT)
    state.apply(capture_evidence(Verdict.SUCCEEDED, amount=PART))
    assert state.status is S.PARTIALLY_CAPTURED
    return state


def test_pause_before_a_capture_is_sent_again_is_half_of_what_is_left_at_most(clock: Clock) -> None:
    state = authorized_payment(2 * DAY)
    clock.time += 2 * DAY - HOUR
    assert _longest_pause(state) == HOUR / 2
    clock.time += HOUR - CAPTURE_REPEAT_PAUSE
    assert _longest_pause(state) == CAPTURE_REPEAT_PAUSE
    clock.time += CAPTURE_REPEAT_PAUSE
    assert _longest_pause(state) is None


async def test_capture_is_sent_again_at_once_where_an_earlier_expiry_is_learned(clock: Clock) -> None:
    state = authorized_payment(7 * DAY)
    clock.changes[0] = lambda: learn(state, 2 * DAY)
    await _pause_before_repeat(state, 6 * HOUR)
    assert (clock.waits, clock.time) == ([6 * HOUR], START)


async def test_inquiries_about_a_capture_go_on_soon_where_an_earlier_expiry_is_learned(clock: Clock) -> None:
    """No inquiry has an answer, and the pauses have grown to hours when the expiry is learned."""
    state = authorized_payment(7 * DAY)
    state.request_capture(CaptureRequest(), Source.MERCHANT)
    capture, learned_at = state.payment.open_capture, 8
    assert capture is not None
    clock.changes[learned_at] = lambda: learn(state, DAY)
    assert await _arrived(state, Record(state, answers=False), capture, START + CAPTURE_EVIDENCE)
    assert clock.waits[learned_at] > 2 * HOUR
    assert clock.waits[learned_at + 1] < HOUR / 2


class WithoutCapture(Inquirer):
    """An inquirer whose record reports the authorization and no capture."""

    def __init__(self, state: PaymentState) -> None:
        self.state = state

    async def inquire(self, payment_request_id: str | None = None) -> GatewayRecord | None:
        """Returns the record."""
        return GatewayRecord(payment=payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY))


async def test_capture_under_a_risk_review_is_shown_to_operators_and_withdrawn_before_the_expiry(
    clock: Clock,
) -> None:
    """The review begins before the capture is sent for the first time, and is never decided."""
    state = authorized_payment(7 * DAY)
    state.request_capture(CaptureRequest(), Source.MERCHANT)
    state.apply(payment_evidence(Verdict.UNCLEAR, authReviewStatus="PROCESSING"))
    assert state.status is S.CAPTURING
    await capturing(state, WithoutCapture(state))
    assert state.capture_is_slow, "the search attributes are published while it waits"
    assert (state.status, clock.time) == (S.AUTHORIZED, START + 7 * DAY - HOUR)
    assert state.payment.review is not None
    assert state.payment.review.since == START + 7 * DAY - HOUR
