"""The inquiries about evidence that did not match."""

from datetime import timedelta

import pytest

from holdfast.order import parse_order
from holdfast.source import Source
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from tests.support.orders import order_fields
from tests.support.settlement.evidence import payment_evidence
from tests.support.workflows.clock import Clock
from workflows.card_payment import background_tasks, payment_state, polling
from workflows.card_payment.background_tasks import BackgroundTasks
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.timing import MISMATCH_PAUSE

REQUEST_ID = "ORDER_1-1"
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
