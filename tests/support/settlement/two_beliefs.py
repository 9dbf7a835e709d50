"""A payment and the model of it, told the same: after each step they must believe the same about money."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from holdfast.antom.models import CaptureMode
from holdfast.attempt_status import AttemptStatus as A
from holdfast.errors import HoldfastError
from holdfast.order import parse_order
from holdfast.payment import Payment
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.commands import open_payment
from settlement.evidence import PaymentEvidence, Verdict
from settlement.mismatch import Settlement
from settlement.settle import settle
from tests.support.settlement.evidence import OPENED, WHOLE
from tests.support.settlement.expectations import Judgement, Kind, Life
from tests.support.settlement.invariants import check_attempts, check_claim, check_money, check_trail
from tests.support.settlement.model import Claim, Model
from tests.support.settlement.model_of_attempts import judge_payment
from tests.support.settlement.model_of_captures import judge_capture
from tests.support.settlement.unread import without_trail
from tests.unit.holdfast.orders import order_fields

_DECIDED = {Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED}
_CLOSED = {A.DECLINED: Life.DEAD, A.CANCELLED: Life.DEAD, A.EXPIRED: Life.DEAD}
_LIVES = {A.AUTHORIZED: Life.HELD, A.AUTHORIZED_AFTER_CLOSE: Life.FOUND, **_CLOSED}


def _lives(payment: Payment) -> dict[str, Life]:
    return {a.paymentRequestId: _LIVES.get(a.status, Life.UNKNOWN) for a in payment.attempts}


def _money(payment: Payment) -> tuple[object, ...]:
    """What is held, and what is taken."""
    held = [name for name, life in _lives(payment).items() if life in {Life.HELD, Life.FOUND}]
    return (held, payment.authorizedAmount, payment.capturedAmount)


def _facts(payment: Payment) -> dict[str, object]:
    """All but the trail, the doubt, and the gateway's id, which a contradiction may be the first to tell."""
    first_told = {"__all__": {"paymentId", "paymentResultInfo"}}
    doubt = {"events": True, "progress": True, "review": True, "status": True, "nextAction": True}
    return payment.model_dump(exclude={**doubt, "attempts": first_told})


class TwoBeliefs(RuleBasedStateMachine):
    """One payment, once it is opened. Subclasses say what happens to it."""

    happened: ClassVar[Counter[str]] = Counter()
    """How often what has happened, in all stories together."""
    payment: Payment
    model: Model
    limit: int

    def __init__(self) -> None:
        super().__init__()
        self.at = OPENED
        self.said: list[Claim] = []
        self.doubts: set[str] = set()
        """The attempts about which the gateway is being asked, as the workflow keeps them."""
        self._traces: set[tuple[str | None, ...]] = set()

    def opens(self, mode: CaptureMode, limit: int) -> None:
        """The order of a payment that may be attempted so many times."""
        self.payment = open_payment(parse_order(order_fields(captureMode=mode)), self.at)
        self.model = Model(WHOLE, automatic=mode is CaptureMode.AUTOMATIC, limit=limit)
        self.limit = limit
        self.doubts.clear()
        self._traces.clear()

    def now(self) -> datetime:
        """A minute later than before."""
        self.at += timedelta(minutes=1)
        return self.at

    def told(self, claim: Claim) -> None:
        """Settle a claim; what comes of it must be within what the model has judged before."""
        before, judged = self.payment, self._judge(claim)
        after, ask = settle(before, claim, self.now(), attempt_limit=self.limit, accepts_external=True)
        self.said.append(claim)
        self.happened[judged.kind] += 1
        check_claim(before, after, claim)
        self._check_steps(before, after)
        self._check_money(judged, after)
        self._check_trace(judged, claim, before, after)
        assert judged.asks in (None, ask), judged
        self._check_repetition(claim, after)
        self._check_unread(claim, before, Settlement(after, ask))
        self._believe(judged, claim, Settlement(after, ask))

    def moves_to(self, after: Payment, status: S) -> None:
        """A command or a clock: it moves the status, and no money."""
        before, self.payment = self.payment, after
        self._check_steps(before, after)
        assert after.status is status
        assert (after.attempts[: len(before.attempts)], after.authorizedAmount, after.capturedAmount) == (
            before.attempts,
            before.authorizedAmount,
            before.capturedAmount,
        )
        self.model.seen_at(after.status)
        self._check_belief()

    def is_refused(self, command: str, may: bool, refuse: Callable[[], None]) -> bool:
        """Whether a command is refused, which the model must have known."""
        refusal = self._refusal(refuse)
        assert (refusal is None) is may, refusal or f"{command} must be refused"
        self.happened[f"{command} {'done' if may else 'refused'}"] += 1
        return not may

    @staticmethod
    def _refusal(refuse: Callable[[], None]) -> HoldfastError | None:
        try:
            refuse()
        except HoldfastError as refusal:
            return refusal
        return None

    def _judge(self, claim: Claim) -> Judgement:
        if isinstance(claim, PaymentEvidence):
            return judge_payment(self.model, claim)
        return judge_capture(self.model, claim)

    def _check_steps(self, before: Payment, after: Payment) -> None:
        check_trail(before, after)
        check_money(after)
        check_attempts(before, after)

    def _check_money(self, judged: Judgement, after: Payment) -> None:
        """Whatever is not named by the judgement is as it was; what is named, as it says."""
        assert after.status in judged.statuses, judged
        for name, life in _lives(after).items():
            known = {self.model.tries[name].life}
            assert life in (judged.lives if name == judged.attempt else known), judged
        for capture in after.captures:
            take = self.model.takes.get(capture.captureRequestId)
            if capture.captureRequestId == judged.capture:
                assert capture.status in judged.takes, judged
            else:
                assert take is not None, "nobody asked for it"
                assert capture.status is take.status, judged
        assert self.model.takes.keys() <= {c.captureRequestId for c in after.captures}

    def _check_trace(self, judged: Judgement, claim: Claim, before: Payment, after: Payment) -> None:
        new = after.events[len(before.events) :]
        assert all(line.source is claim.source for line in new)
        key = (before.attempt.paymentRequestId, claim.source, claim.resultCode, judged.kind, judged.why)
        is_repetition = key in self._traces
        if judged.kind.leaves_a_line and not is_repetition:
            assert any(line.code == claim.resultCode and line.detail for line in new), judged
            self._traces.add(key)
        if judged.needs_review and not is_repetition:
            assert after.review is not None, judged
        if judged.kind.is_illegal:
            assert _facts(after) == _facts(before), "nothing of it is applied"
        if _money(after) != _money(before):
            self._check_witness(judged, before, after)

    def _check_witness(self, judged: Judgement, before: Payment, after: Payment) -> None:
        """Money never moves in silence; after the end somebody looks, unless the news is good."""
        decided = (attempt.decidedAt for attempt in after.attempts)
        assert after.events != before.events or self.at in decided, judged
        is_let_go = judged.kind is Kind.NEWS and judged.lives == {Life.DEAD}
        assert after.review is not None or not before.status.is_final or is_let_go, "nobody looks"

    def _check_repetition(self, claim: Claim, once: Payment) -> None:
        twice = settle(
            once, claim, self.at + timedelta(seconds=30), attempt_limit=self.limit, accepts_external=True
        ).payment
        assert twice == once, "the same evidence twice is once"

    def _check_unread(self, claim: Claim, before: Payment, settled: Settlement) -> None:
        """Without an audit trail, and without a reason for the review, the decision is the same."""
        bare, limit = without_trail(before), self.limit
        after, ask = settle(bare, claim, self.at, attempt_limit=limit, accepts_external=True)
        assert (without_trail(after), ask) == (without_trail(settled.payment), settled.must_inquire)

    def _believe(self, judged: Judgement, claim: Claim, settled: Settlement) -> None:
        self.payment, model = settled.payment, self.model
        life = _lives(self.payment).get(judged.attempt or "")
        takes = {capture.captureRequestId: capture.status for capture in self.payment.captures}
        model.believe(claim, judged, life, takes.get(judged.capture or ""))
        model.seen_at(self.payment.status)
        self._keep_doubts(judged.attempt or model.current, claim, is_asked=settled.must_inquire)
        self._check_belief()

    def _keep_doubts(self, about: str, claim: Claim, *, is_asked: bool) -> None:
        is_answer = isinstance(claim, PaymentEvidence) and claim.source is Source.INQUIRY
        if is_asked:
            self.doubts.add(about)
        elif is_answer and claim.verdict in _DECIDED:
            self.doubts.discard(about)

    def _check_belief(self) -> None:
        """Ids and sums, as the model keeps them."""
        payment, model = self.payment, self.model
        assert {a.paymentRequestId: a.paymentId or None for a in payment.attempts} == {
            name: attempt.gateway_id for name, attempt in model.tries.items()
        }
        assert (payment.authorizedAmount is not None) is model.was_held
        if payment.status in {S.AUTHORIZED, S.CAPTURING} and not model.taken:
            assert model.tries[model.current].life is Life.HELD
        assert payment.captured_minor_units == model.taken
        assert {
            c.captureRequestId: (c.captureAmount.minor_units, c.isLastCapture) for c in payment.captures
        } == {name: (take.value, take.is_last) for name, take in model.takes.items()}
