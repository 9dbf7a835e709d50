"""The inquiries about evidence that did not match, and the release of late authorizations."""

from datetime import datetime, timedelta

import pytest

from activities.calls import CancelCall
from holdfast.order import RetryRequest, parse_order
from holdfast.resolution import Outcome, Resolution
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.authorization_expiry import LONGEST_LIFETIME
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from tests.support.orders import order_fields
from tests.support.settlement.evidence import payment_evidence
from tests.support.workflows.clock import START, Clock
from workflows.card_payment import background_tasks, gateway_calls, payment_state, polling
from workflows.card_payment.background_tasks import BackgroundTasks
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.timing import MISMATCH_PAUSE, RELEASE_LONGEST, RELEASE_MARGIN

REQUEST_ID = "ORDER_1-1"
LOOKED_AT = Resolution(outcome=Outcome.ACKNOWLEDGED, resolvedBy="op", reason="seen", evidence="dashboard")
DECLINED = GatewayRecord(payment=payment_evidence(Verdict.FAILED, Source.INQUIRY))


class ScriptedInquirer(Inquirer):
    """An inquirer with given answers, the last of which repeats. None is an inquiry without an answer."""

    def __init__(self, *answers: GatewayRecord | None) -> None:
        self.answers = list(answers)

    async def inquire(self, payment_request_id: str | None = None) -> GatewayRecord | None:
        """Returns the next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (payment_state, background_tasks, polling):
        monkeypatch.setattr(module, "workflow", clock)
    monkeypatch.setattr(background_tasks, "is_suggested", lambda: False)
    return clock


async def pauses_until_answered(clock: Clock, *answers: GatewayRecord | None) -> list[timedelta]:
    """Returns the pauses between the inquiries about a notified capture that no record lists."""
    state = PaymentState(parse_order(order_fields()))
    state.pending_inquiries[REQUEST_ID] = 1
    state.notified_captures.add("capture-of-another-payment")
    await BackgroundTasks(state, ScriptedInquirer(*answers))._inquire(REQUEST_ID)
    assert state.pending_inquiries == {}
    return clock.waits


async def test_unlisted_capture_is_inquired_about_three_times_at_the_first_pause(clock: Clock) -> None:
    assert await pauses_until_answered(clock, DECLINED) == [MISMATCH_PAUSE, MISMATCH_PAUSE]


async def test_pauses_grow_during_an_outage_and_restart_with_the_first_answer(clock: Clock) -> None:
    pauses = await pauses_until_answered(clock, None, None, None, DECLINED)
    outage = [MISMATCH_PAUSE, 2 * MISMATCH_PAUSE, 4 * MISMATCH_PAUSE]
    assert pauses == [*outage, MISMATCH_PAUSE, MISMATCH_PAUSE]


class HoldingInquirer(Inquirer):
    """An inquirer whose record reports the late authorization; with `closes_at`, its end from then on."""

    def __init__(
        self, state: PaymentState, clock: Clock, *expiries: datetime | None, closes_at: datetime | None = None
    ) -> None:
        self.state, self.clock, self.closes_at = state, clock, closes_at
        self.expiries = list(expiries)
        self.answers_from = START

    async def inquire(self, payment_request_id: str | None = None) -> GatewayRecord | None:
        """Settles the record with the next expiry, the last of which repeats."""
        if self.clock.time < self.answers_from:
            return None
        expires = self.expiries.pop(0) if len(self.expiries) > 1 else self.expiries[0]
        has_ended = self.closes_at is not None and self.clock.time >= self.closes_at
        verdict = Verdict.CANCELLED if has_ended else Verdict.SUCCEEDED
        record = GatewayRecord(
            payment=payment_evidence(verdict, Source.INQUIRY, authExpiryTime=None if has_ended else expires)
        )
        self.state.apply_inquiry(record)
        return record


def late_authorization(expires: datetime | None) -> PaymentState:
    """Returns a payment whose first attempt was declined, and is reported as authorized after the second."""
    state = PaymentState(parse_order(order_fields(captureMode="MANUAL", attemptLimit=2)))
    state.apply(payment_evidence(Verdict.FAILED, Source.PAY_RESPONSE))
    assert state.status is S.DECLINED
    state.retry(RetryRequest.model_validate({"paymentMethod": {"paymentMethodType": "CARD"}}))
    state.apply(payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY, authExpiryTime=expires))
    assert state.late_authorizations == (REQUEST_ID,)
    return state


async def released(clock: Clock, state: PaymentState, inquirer: Inquirer) -> timedelta:
    """Releases the late authorization, and returns for how long it was cancelled again."""
    tasks = BackgroundTasks(state, inquirer)
    await tasks._release(REQUEST_ID)
    assert tasks.is_idle
    return clock.time - START


@pytest.fixture
def cancels(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The request ids of all cancels, each of which the gateway refuses."""
    sent = list[str]()

    async def cancel(call: CancelCall) -> None:
        sent.append(call.paymentRequestId)

    monkeypatch.setattr(gateway_calls, "cancel", cancel)
    return sent


THIRTY_DAYS = timedelta(days=30)


@pytest.mark.parametrize(
    ("notified", "inquired", "lifetime"),
    [
        (THIRTY_DAYS, THIRTY_DAYS, THIRTY_DAYS),
        (timedelta(days=2), THIRTY_DAYS, THIRTY_DAYS),
        (THIRTY_DAYS, timedelta(days=2), THIRTY_DAYS),
        (None, THIRTY_DAYS, THIRTY_DAYS),
        (timedelta(days=2), None, timedelta(days=2)),
        (None, None, LONGEST_LIFETIME),
    ],
)
async def test_release_ends_after_the_latest_expiry_of_the_attempt_and_flags_the_payment(
    clock: Clock,
    cancels: list[str],
    notified: timedelta | None,
    inquired: timedelta | None,
    lifetime: timedelta,
) -> None:
    expiries = [None if after is None else START + after for after in (notified, inquired)]
    state = late_authorization(expiries[0])
    state.resolve(LOOKED_AT)
    took = await released(clock, state, HoldingInquirer(state, clock, expiries[1]))
    assert lifetime + RELEASE_MARGIN <= took <= lifetime + RELEASE_MARGIN + RELEASE_LONGEST
    assert set(cancels) == {REQUEST_ID}
    assert state.payment.review is not None
    assert REQUEST_ID in state.payment.review.reason


async def test_release_ends_when_an_inquiry_reports_the_end(clock: Clock, cancels: list[str]) -> None:
    state = late_authorization(START + THIRTY_DAYS)
    closes_at = START + timedelta(days=10)
    took = await released(
        clock, state, HoldingInquirer(state, clock, START + THIRTY_DAYS, closes_at=closes_at)
    )
    assert timedelta(days=10) <= took <= timedelta(days=10) + RELEASE_LONGEST
    assert cancels
    assert state.late_authorizations == ()


async def test_later_expiry_that_is_learned_after_the_release_resumes_it(
    clock: Clock, cancels: list[str]
) -> None:
    state = late_authorization(START + timedelta(days=2))
    tasks = BackgroundTasks(state, HoldingInquirer(state, clock, START + timedelta(days=2)))
    await tasks._release(REQUEST_ID)
    assert tasks.is_idle
    expires = START + THIRTY_DAYS
    state.apply(payment_evidence(Verdict.SUCCEEDED, Source.NOTIFICATION, authExpiryTime=expires))
    assert not tasks.is_idle
    assert cancels


async def test_last_inquiry_is_made_after_the_expiry(clock: Clock, cancels: list[str]) -> None:
    """The gateway reports the end only after the expiry; no cancel is accepted before."""
    state = late_authorization(START + THIRTY_DAYS)
    ended_at = START + THIRTY_DAYS + timedelta(minutes=1)
    await released(clock, state, HoldingInquirer(state, clock, START + THIRTY_DAYS, closes_at=ended_at))
    assert cancels
    assert state.late_authorizations == ()


async def test_later_expiry_that_the_last_inquiry_reports_prolongs_the_release(
    clock: Clock, cancels: list[str]
) -> None:
    """No inquiry has an answer until the known expiry is over; the first answer reports a later one."""
    state = late_authorization(START + timedelta(days=2))
    inquirer = HoldingInquirer(state, clock, START + THIRTY_DAYS)
    inquirer.answers_from = START + timedelta(days=2) + RELEASE_MARGIN
    took = await released(clock, state, inquirer)
    assert took >= THIRTY_DAYS
    assert cancels
