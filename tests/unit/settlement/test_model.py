"""A payment lives through random stories beside a model of it.

Anybody says anything in any order, a merchant commands in and out of turn, an operator decides, time runs
out. Illegal evidence, which does not fit or contradicts what is known, never raises, never moves money and
always leaves a trace.
"""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.next_action import NextAction
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from tests.support.settlement.actions import Deeds, words_about
from tests.support.settlement.evidence import (
    CODES,
    PAGE,
    PART,
    REST,
    WHOLE,
    request_id,
    says,
    says_of_capture,
)
from tests.support.settlement.expectations import Kind
from tests.support.settlement.model import ENDED
from tests.support.settlement.stories import CAPTURE_CODES, PAYMENT_CODES, claims

STEADY = settings(
    max_examples=800,
    stateful_step_count=15,
    phases=[Phase.generate, Phase.shrink],
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
)
"""The same stories in every run. New ones: `--hypothesis-profile=long`."""
IS_LONG = settings.get_current_profile_name() == "long"
AMOUNTS = [None, PART, PART, REST, WHOLE, *(Amount(currency=c, value="30001") for c in ("EUR", "USD"))]
COMMANDS = ["capture", "cancel", "retry", "resolve"]
STAGES = ["new", "waiting", "declined", "held", "letting go", "let go", "taking", "taken", "taken anew"]
SAYS = [Source.NOTIFICATION, Source.INQUIRY, Source.PAY_RESPONSE, Source.CANCEL]
SAYS_OF_CAPTURE = [Source.NOTIFICATION, Source.INQUIRY, Source.CAPTURE_RESPONSE]
VERDICTS = [*Verdict, *[Verdict.SUCCEEDED] * 4, Verdict.FAILED]


class Beginning(NamedTuple):
    """An order, and how far it has come: the rest of the story needs time."""

    mode: CaptureMode
    limit: int
    declines: int
    stage: str


BEGINNINGS = st.builds(
    Beginning,
    mode=st.sampled_from([CaptureMode.MANUAL, CaptureMode.AUTOMATIC]),
    limit=st.sampled_from([1, 2, 3, 3]),
    declines=st.integers(0, 2),
    stage=st.sampled_from(STAGES),
)
WRONG = st.sampled_from(
    [
        {},
        {"paymentId": "gateway-9"},
        {"paymentRequestId": "ORDER_2-1"},
        {"value": "1"},
        {"currency": "USD"},
    ]
)


class PaymentStory(Deeds):
    """What others say, what people ask for, and what time does."""

    @initialize(how=BEGINNINGS)
    def order(self, how: Beginning) -> None:
        self.opens(how.mode, how.limit)
        for _ in range(min(how.declines, how.limit - 1)):
            self.told(self.fitting(Verdict.FAILED, Source.PAY_RESPONSE))
            self.tries_again()
        match how.stage:
            case "waiting":
                self.told(self.fitting(Verdict.IN_PROCESS, Source.PAY_RESPONSE, nextAction=PAGE))
            case "declined":
                self.told(self.fitting(Verdict.FAILED, Source.PAY_RESPONSE))
            case "new":
                pass
            case _:
                self.told(self.fitting(Verdict.SUCCEEDED, Source.PAY_RESPONSE))
                self.goes_on_to(how.stage)

    def goes_on_to(self, stage: str) -> None:
        """From where money is held."""
        if stage in {"letting go", "let go"}:
            self.cancels()
        if stage == "let go":
            self.time_takes(Event.CANCEL_CONFIRMED)
        if stage == "taken anew":
            self.begins_to_take(WHOLE, Verdict.FAILED)
        if stage in {"taking", "taken", "taken anew"}:
            self.begins_to_take(PART, Verdict.SUCCEEDED if stage != "taking" else None)

    def begins_to_take(self, amount: Amount, verdict: Verdict | None) -> None:
        """A capture and, if it has one yet, its result."""
        name = f"gateways-{len(self.payment.captures) + 1}"
        if self.payment.captureMode is CaptureMode.MANUAL:
            self.captures(amount, last=False)
            name = self.payment.captures[-1].captureRequestId
        if verdict is not None:
            self.told(self.fitting_capture(name, verdict, Source.CAPTURE_RESPONSE))

    @precondition(lambda self: self.model.status in ENDED)
    @rule(how=BEGINNINGS)
    def another_order(self, how: Beginning) -> None:
        """What was said of the last one may be said again of this one."""
        self.order(how)

    @rule(data=st.data(), verdict=st.sampled_from(VERDICTS), source=st.sampled_from(SAYS))
    def somebody_says(self, data: st.DataObject, verdict: Verdict, source: Source) -> None:
        code = data.draw(st.sampled_from(PAYMENT_CODES)) if verdict is Verdict.FAILED else CODES[verdict]
        self.told(self.fitting(verdict, source, resultCode=code))

    @rule(source=st.sampled_from(SAYS), page=st.sampled_from([None, PAGE]), is_done=st.booleans())
    def buyer_is_at_it(self, source: Source, page: NextAction | None, is_done: bool) -> None:
        done = is_done and source is Source.INQUIRY
        self.told(self.fitting(Verdict.IN_PROCESS, source, nextAction=page, buyerIsDone=done))

    @rule(data=st.data(), verdict=st.sampled_from(VERDICTS), source=st.sampled_from(SAYS), wrong=WRONG)
    def somebody_says_of_any_attempt(
        self, data: st.DataObject, verdict: Verdict, source: Source, wrong: dict[str, str | None]
    ) -> None:
        number = data.draw(st.integers(1, len(self.payment.attempts)))
        ids = {"paymentRequestId": request_id(number), "paymentId": f"gateway-{number}"}
        self.told(says(verdict, source, **(ids | wrong)))

    @precondition(lambda self: len(self.payment.attempts) > 1)
    @rule(verdict=st.sampled_from(VERDICTS), source=st.sampled_from(SAYS), is_former=st.booleans())
    def somebody_mixes_two_attempts_up(self, verdict: Verdict, source: Source, is_former: bool) -> None:
        former, current = 1, len(self.payment.attempts)
        number, other = (former, current) if is_former else (current, former)
        ids = {"paymentRequestId": request_id(number), "paymentId": f"gateway-{other}"}
        self.told(says(verdict, source, **ids))

    @precondition(lambda self: self.names_of_captures())
    @rule(data=st.data(), verdict=st.sampled_from(VERDICTS), source=st.sampled_from(SAYS_OF_CAPTURE))
    def somebody_says_of_a_capture(self, data: st.DataObject, verdict: Verdict, source: Source) -> None:
        name = data.draw(st.sampled_from(self.names_of_captures()))
        code = data.draw(st.sampled_from(CAPTURE_CODES)) if verdict is Verdict.FAILED else CODES[verdict]
        self.told(self.fitting_capture(name, verdict, source, resultCode=code))

    @rule(data=st.data())
    def somebody_says_anything(self, data: st.DataObject) -> None:
        self.told(data.draw(claims(self.payment)))

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def it_is_said_again(self, data: st.DataObject) -> None:
        self.told(data.draw(st.sampled_from(self.said)))

    @rule(data=st.data(), command=st.sampled_from(COMMANDS))
    def somebody_commands_out_of_turn(self, data: st.DataObject, command: str) -> None:
        match command:
            case "capture":
                self.asks_to_capture(data)
            case "cancel":
                self.cancels()
            case "retry":
                self.tries_again()
            case _:
                self.resolves(data.draw(words_about(self.payment)))

    @precondition(lambda self: self.model.may_capture(None, is_last=True))
    @rule(data=st.data())
    def merchant_captures(self, data: st.DataObject) -> None:
        self.asks_to_capture(data)

    @precondition(lambda self: self.model.status is S.DECLINED)
    @rule()
    def buyer_tries_again(self) -> None:
        self.tries_again()

    @precondition(lambda self: self.model.status is S.NEEDS_REVIEW)
    @rule(data=st.data())
    def operator_decides(self, data: st.DataObject) -> None:
        self.resolves(data.draw(words_about(self.payment)))

    @precondition(lambda self: self.due())
    @rule(data=st.data())
    def time_decides(self, data: st.DataObject) -> None:
        self.time_takes(data.draw(st.sampled_from(self.due())))

    @rule(days=st.integers(1, 4))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)

    def fitting(self, verdict: Verdict, source: Source, **fields: Any) -> PaymentEvidence:
        """A claim about the current attempt that fits in every respect."""
        number = len(self.payment.attempts)
        ids = {"paymentRequestId": request_id(number), "paymentId": f"gateway-{number}"}
        return says(verdict, source, **ids, **fields)

    def names_of_captures(self) -> list[str]:
        """The captures somebody may have something to say of."""
        known = [capture.captureRequestId for capture in self.payment.captures]
        is_ours = self.payment.captureMode is CaptureMode.MANUAL
        return known if is_ours else [*(known or ["gateways-1"]), "gateways-2"]

    def fitting_capture(self, name: str, verdict: Verdict, source: Source, **fields: Any) -> CaptureEvidence:
        """A claim about a capture that fits in every respect."""
        amounts = {c.captureRequestId: c.captureAmount for c in self.payment.captures}
        ids = {"captureRequestId": name, "paymentId": f"gateway-{len(self.payment.attempts)}"}
        return says_of_capture(verdict, source, amounts.get(name, WHOLE), **ids, **fields)

    def asks_to_capture(self, data: st.DataObject) -> None:
        self.captures(data.draw(st.sampled_from(AMOUNTS)), last=data.draw(st.booleans()))


@pytest.mark.timeout(0 if IS_LONG else 600)
def test_a_payment_and_a_model_of_it_believe_the_same() -> None:
    """And the stories are worth it: much of what is said is illegal, and every command has its turn."""
    PaymentStory.happened.clear()
    run_state_machine_as_test(PaymentStory, settings=settings() if IS_LONG else STEADY)
    happened = PaymentStory.happened
    illegal = sum(happened[kind] for kind in Kind if kind.is_illegal)
    assert illegal > sum(happened[kind] for kind in Kind) / 4
    assert all(happened[kind] for kind in Kind)
    assert all(happened[f"{command} {end}"] for command in COMMANDS for end in ("done", "refused"))
