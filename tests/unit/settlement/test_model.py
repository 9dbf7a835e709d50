"""Random sequences of evidence, commands and timers are applied to a payment and to a model of it.

Evidence of every source arrives in any order, a merchant sends commands in every status, an operator resolves
reviews, and timers end. Evidence that mismatches or contradicts what is known never raises, never changes an
amount and is always recorded.
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
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from tests.support.settlement.actions import PaymentActions, resolutions
from tests.support.settlement.evidence import (
    CODES,
    PAGE,
    PART,
    REST,
    WHOLE,
    capture_evidence,
    payment_evidence,
    request_id,
)
from tests.support.settlement.expected_effect import EvidenceKind
from tests.support.settlement.model import ENDED
from tests.support.settlement.payment_sequences import CAPTURE_CODES, PAYMENT_CODES, claims

STEADY = settings(
    max_examples=800,
    stateful_step_count=15,
    phases=[Phase.generate, Phase.shrink],
    derandomize=True,
    database=None,
    print_blob=True,
)
"""Runs the same sequences every time; `--hypothesis-profile=long` runs new ones."""
IS_LONG = settings.get_current_profile_name() == "long"
AMOUNTS = [None, PART, PART, REST, WHOLE, *(Amount(currency=c, value="30001") for c in ("EUR", "USD"))]
COMMANDS = ["capture", "cancel", "retry", "resolve"]
PROGRESS = [
    "new",
    "action required",
    "declined",
    "authorized",
    "cancelling",
    "cancelled",
    "capturing",
    "captured",
    "captured again",
]
PAYMENT_SOURCES = [Source.NOTIFICATION, Source.INQUIRY, Source.PAY_RESPONSE, Source.CANCEL]
CAPTURE_SOURCES = [Source.NOTIFICATION, Source.INQUIRY, Source.CAPTURE_RESPONSE]
VERDICTS = [*Verdict, *[Verdict.SUCCEEDED] * 4, Verdict.FAILED]


class Start(NamedTuple):
    """An order, and its progress before the random steps: random steps would rarely reach it."""

    mode: CaptureMode
    limit: int
    declines: int
    progress: str


STARTS = st.builds(
    Start,
    mode=st.sampled_from([CaptureMode.MANUAL, CaptureMode.AUTOMATIC]),
    limit=st.sampled_from([1, 2, 3, 3]),
    declines=st.integers(0, 2),
    progress=st.sampled_from(PROGRESS),
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


class PaymentLifecycle(PaymentActions):
    """The random steps: evidence, commands, resolutions and timers."""

    @initialize(start=STARTS)
    def order(self, start: Start) -> None:
        self.open(start.mode, start.limit)
        for _ in range(min(start.declines, start.limit - 1)):
            self.receive(self.matching(Verdict.FAILED, Source.PAY_RESPONSE))
            self.request_retry()
        match start.progress:
            case "action required":
                self.receive(self.matching(Verdict.IN_PROCESS, Source.PAY_RESPONSE, nextAction=PAGE))
            case "declined":
                self.receive(self.matching(Verdict.FAILED, Source.PAY_RESPONSE))
            case "new":
                pass
            case _:
                self.receive(self.matching(Verdict.SUCCEEDED, Source.PAY_RESPONSE))
                self.continue_to(start.progress)

    def continue_to(self, progress: str) -> None:
        """Continues from an authorized payment."""
        if progress in {"cancelling", "cancelled"}:
            self.request_cancel()
        if progress == "cancelled":
            self.apply_timer_event(Event.CANCEL_CONFIRMED)
        if progress == "captured again":
            self.start_capture(WHOLE, Verdict.FAILED)
        if progress in {"capturing", "captured", "captured again"}:
            self.start_capture(PART, Verdict.SUCCEEDED if progress != "capturing" else None)

    def start_capture(self, amount: Amount, verdict: Verdict | None) -> None:
        """Requests a capture and, with a verdict, receives its result."""
        name = f"gateways-{len(self.payment.captures) + 1}"
        if self.payment.captureMode is CaptureMode.MANUAL:
            self.request_capture(amount, last=False)
            name = self.payment.captures[-1].captureRequestId
        if verdict is not None:
            self.receive(self.matching_capture(name, verdict, Source.CAPTURE_RESPONSE))

    @precondition(lambda self: self.model.status in ENDED)
    @rule(start=STARTS)
    def another_order(self, start: Start) -> None:
        """Opens another payment; evidence about the last one may be repeated for it."""
        self.order(start)

    @rule(data=st.data(), verdict=st.sampled_from(VERDICTS), source=st.sampled_from(PAYMENT_SOURCES))
    def receive_payment_evidence(self, data: st.DataObject, verdict: Verdict, source: Source) -> None:
        code = data.draw(st.sampled_from(PAYMENT_CODES)) if verdict is Verdict.FAILED else CODES[verdict]
        self.receive(self.matching(verdict, source, resultCode=code))

    @rule(source=st.sampled_from(PAYMENT_SOURCES), page=st.sampled_from([None, PAGE]), is_done=st.booleans())
    def receive_buyer_progress(self, source: Source, page: NextAction | None, is_done: bool) -> None:
        done = is_done and source is Source.INQUIRY
        self.receive(self.matching(Verdict.IN_PROCESS, source, nextAction=page, buyerIsDone=done))

    @rule(
        data=st.data(),
        verdict=st.sampled_from(VERDICTS),
        source=st.sampled_from(PAYMENT_SOURCES),
        wrong=WRONG,
    )
    def receive_evidence_of_any_attempt(
        self, data: st.DataObject, verdict: Verdict, source: Source, wrong: dict[str, str | None]
    ) -> None:
        number = data.draw(st.integers(1, len(self.payment.attempts)))
        ids = {"paymentRequestId": request_id(number), "paymentId": f"gateway-{number}"}
        self.receive(payment_evidence(verdict, source, **(ids | wrong)))

    @precondition(lambda self: len(self.payment.attempts) > 1)
    @rule(verdict=st.sampled_from(VERDICTS), source=st.sampled_from(PAYMENT_SOURCES), is_former=st.booleans())
    def receive_evidence_with_ids_of_two_attempts(
        self, verdict: Verdict, source: Source, is_former: bool
    ) -> None:
        former, current = 1, len(self.payment.attempts)
        number, other = (former, current) if is_former else (current, former)
        ids = {"paymentRequestId": request_id(number), "paymentId": f"gateway-{other}"}
        self.receive(payment_evidence(verdict, source, **ids))

    @precondition(lambda self: self.capture_request_ids())
    @rule(data=st.data(), verdict=st.sampled_from(VERDICTS), source=st.sampled_from(CAPTURE_SOURCES))
    def receive_capture_evidence(self, data: st.DataObject, verdict: Verdict, source: Source) -> None:
        name = data.draw(st.sampled_from(self.capture_request_ids()))
        code = data.draw(st.sampled_from(CAPTURE_CODES)) if verdict is Verdict.FAILED else CODES[verdict]
        self.receive(self.matching_capture(name, verdict, source, resultCode=code))

    @rule(data=st.data())
    def receive_any_evidence(self, data: st.DataObject) -> None:
        self.receive(data.draw(claims(self.payment)))

    @precondition(lambda self: self.received)
    @rule(data=st.data())
    def receive_repeated_evidence(self, data: st.DataObject) -> None:
        self.receive(data.draw(st.sampled_from(self.received)))

    @rule(data=st.data(), command=st.sampled_from(COMMANDS))
    def send_any_command(self, data: st.DataObject, command: str) -> None:
        match command:
            case "capture":
                self.send_capture(data)
            case "cancel":
                self.request_cancel()
            case "retry":
                self.request_retry()
            case _:
                self.resolve(data.draw(resolutions(self.payment)))

    @precondition(lambda self: self.model.may_capture(None, is_last=True))
    @rule(data=st.data())
    def send_possible_capture(self, data: st.DataObject) -> None:
        self.send_capture(data)

    @precondition(lambda self: self.model.status is S.DECLINED)
    @rule()
    def send_possible_retry(self) -> None:
        self.request_retry()

    @precondition(lambda self: self.model.status is S.NEEDS_REVIEW)
    @rule(data=st.data())
    def resolve_review(self, data: st.DataObject) -> None:
        self.resolve(data.draw(resolutions(self.payment)))

    @precondition(lambda self: self.due_events())
    @rule(data=st.data())
    def apply_due_event(self, data: st.DataObject) -> None:
        self.apply_timer_event(data.draw(st.sampled_from(self.due_events())))

    @rule(days=st.integers(1, 4))
    def let_time_pass(self, days: int) -> None:
        self.at += timedelta(days=days)

    def matching(self, verdict: Verdict, source: Source, **fields: Any) -> PaymentEvidence:
        """Returns evidence that matches the current attempt."""
        number = len(self.payment.attempts)
        ids = {"paymentRequestId": request_id(number), "paymentId": f"gateway-{number}"}
        return payment_evidence(verdict, source, **ids, **fields)

    def capture_request_ids(self) -> list[str]:
        """Returns the request ids of captures that evidence may name."""
        known = [capture.captureRequestId for capture in self.payment.captures]
        is_manual = self.payment.captureMode is CaptureMode.MANUAL
        return known if is_manual else [*(known or ["gateways-1"]), "gateways-2"]

    def matching_capture(self, name: str, verdict: Verdict, source: Source, **fields: Any) -> CaptureEvidence:
        """Returns evidence that matches a capture."""
        amounts = {c.captureRequestId: c.captureAmount for c in self.payment.captures}
        ids = {"captureRequestId": name, "paymentId": f"gateway-{len(self.payment.attempts)}"}
        return capture_evidence(verdict, source, amounts.get(name, WHOLE), **ids, **fields)

    def send_capture(self, data: st.DataObject) -> None:
        self.request_capture(data.draw(st.sampled_from(AMOUNTS)), last=data.draw(st.booleans()))


@pytest.mark.timeout(0 if IS_LONG else 600)
def test_payment_agrees_with_the_model_after_every_step() -> None:
    """At least a quarter of the evidence is rejected, and every command is both accepted and refused."""
    PaymentLifecycle.event_counts.clear()
    run_state_machine_as_test(PaymentLifecycle, settings=settings() if IS_LONG else STEADY)
    counts = PaymentLifecycle.event_counts
    rejected = sum(counts[kind] for kind in EvidenceKind if kind.is_rejected)
    assert rejected > sum(counts[kind] for kind in EvidenceKind) / 4
    assert all(counts[kind] for kind in EvidenceKind)
    assert all(counts[f"{command} {end}"] for command in COMMANDS for end in ("done", "refused"))
