"""A payment and its model receive the same evidence: after each step both agree about ids and money."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from holdfast.antom.models import CaptureMode
from holdfast.errors import HoldfastError
from holdfast.order import parse_order
from holdfast.payment import Payment
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.commands import open_payment
from settlement.evidence import PaymentEvidence, Verdict
from settlement.mismatch import Settlement
from settlement.settle import settle
from tests.support.orders import order_fields
from tests.support.settlement.attempt_effects import expected_payment_effect
from tests.support.settlement.capture_effects import expected_capture_effect
from tests.support.settlement.evidence import OPENED, WHOLE
from tests.support.settlement.expected_effect import EvidenceKind, ExpectedEffect, HoldState
from tests.support.settlement.invariants import check_attempts, check_claim, check_money, check_trail
from tests.support.settlement.model import Claim, Model
from tests.support.settlement.trail_variants import without_trail

_DECIDED = {Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED}
_HOLD_STATES = {
    A.AUTHORIZED: HoldState.HELD,
    A.AUTHORIZED_AFTER_CLOSE: HoldState.HELD_AFTER_CLOSE,
    A.DECLINED: HoldState.NOT_HELD,
    A.CANCELLED: HoldState.NOT_HELD,
    A.EXPIRED: HoldState.NOT_HELD,
}


def _hold_states(payment: Payment) -> dict[str, HoldState]:
    return {a.paymentRequestId: _HOLD_STATES.get(a.status, HoldState.UNKNOWN) for a in payment.attempts}


def _money(payment: Payment) -> tuple[object, ...]:
    """The attempts that hold money, and the amounts."""
    held_states = {HoldState.HELD, HoldState.HELD_AFTER_CLOSE}
    held = [name for name, state in _hold_states(payment).items() if state in held_states]
    return (held, payment.authorizedAmount, payment.capturedAmount)


def _facts(payment: Payment) -> dict[str, object]:
    """Every field that a contradiction leaves unchanged; it may be the first to name the gateway's id."""
    of_attempts = {"__all__": {"paymentId", "paymentResultInfo"}}
    of_payment = {"events": True, "progress": True, "review": True, "status": True, "nextAction": True}
    return payment.model_dump(exclude={**of_payment, "attempts": of_attempts})


class ModelComparison(RuleBasedStateMachine):
    """One payment after its start, beside its model. Subclasses decide what happens to it."""

    event_counts: ClassVar[Counter[str]] = Counter()
    """How often each kind of evidence and each command occurred, in all sequences together."""
    payment: Payment
    model: Model
    limit: int

    def __init__(self) -> None:
        super().__init__()
        self.at = OPENED
        self.received: list[Claim] = []
        self.pending_inquiries: set[str] = set()
        """The attempts with a pending inquiry, as the workflow keeps them."""
        self._recorded: set[tuple[str | None, ...]] = set()

    def open(self, mode: CaptureMode, limit: int) -> None:
        """Opens a payment with this limit of attempts."""
        self.payment = open_payment(parse_order(order_fields(captureMode=mode)), self.at)
        self.model = Model(WHOLE, automatic=mode is CaptureMode.AUTOMATIC, limit=limit)
        self.limit = limit
        self.pending_inquiries.clear()
        self._recorded.clear()

    def now(self) -> datetime:
        """Advances the time by a minute and returns it."""
        self.at += timedelta(minutes=1)
        return self.at

    def receive(self, claim: Claim) -> None:
        """Settles a claim. The effect must be one that the model expected."""
        before, effect = self.payment, self._expected_effect(claim)
        after, ask = settle(before, claim, self.now(), attempt_limit=self.limit, accepts_external=True)
        self.received.append(claim)
        self.event_counts[effect.kind] += 1
        check_claim(before, after, claim)
        self._check_invariants(before, after)
        self._check_money(effect, after)
        self._check_trail_entry(effect, claim, before, after)
        assert effect.needs_inquiry in (None, ask), effect
        self._check_repetition(claim, after)
        self._check_without_trail(claim, before, Settlement(after, ask))
        self._apply(effect, claim, Settlement(after, ask))

    def move_to(self, after: Payment, status: S) -> None:
        """Accepts the payment after a command or a timer, which changes the status and no money."""
        before, self.payment = self.payment, after
        self._check_invariants(before, after)
        assert after.status is status
        assert (after.attempts[: len(before.attempts)], after.authorizedAmount, after.capturedAmount) == (
            before.attempts,
            before.authorizedAmount,
            before.capturedAmount,
        )
        self.model.observe_status(after.status)
        self._check_model_agrees()

    def is_refused(self, command: str, may: bool, refuse: Callable[[], None]) -> bool:
        """Returns whether a command is refused, as the model expects it."""
        refusal = self._refusal(refuse)
        assert (refusal is None) is may, refusal or f"{command} must be refused"
        self.event_counts[f"{command} {'done' if may else 'refused'}"] += 1
        return not may

    @staticmethod
    def _refusal(refuse: Callable[[], None]) -> HoldfastError | None:
        try:
            refuse()
        except HoldfastError as refusal:
            return refusal
        return None

    def _expected_effect(self, claim: Claim) -> ExpectedEffect:
        if isinstance(claim, PaymentEvidence):
            return expected_payment_effect(self.model, claim)
        return expected_capture_effect(self.model, claim)

    def _check_invariants(self, before: Payment, after: Payment) -> None:
        check_trail(before, after)
        check_money(after)
        check_attempts(before, after)

    def _check_money(self, effect: ExpectedEffect, after: Payment) -> None:
        """Checks that what the effect names is as expected, and that everything else is unchanged."""
        assert after.status in effect.statuses, effect
        for name, state in _hold_states(after).items():
            known = {self.model.attempts[name].hold_state}
            assert state in (effect.hold_states if name == effect.attempt else known), effect
        for capture in after.captures:
            modelled = self.model.captures.get(capture.captureRequestId)
            if capture.captureRequestId == effect.capture:
                assert capture.status in effect.capture_statuses, effect
            else:
                assert modelled is not None, "the capture was never requested"
                assert capture.status is modelled.status, effect
        assert self.model.captures.keys() <= {c.captureRequestId for c in after.captures}

    def _check_trail_entry(
        self, effect: ExpectedEffect, claim: Claim, before: Payment, after: Payment
    ) -> None:
        new = after.events[len(before.events) :]
        assert all(line.source is claim.source for line in new)
        key = (before.attempt.paymentRequestId, claim.source, claim.resultCode, effect.kind, effect.reason)
        is_repetition = key in self._recorded
        if effect.kind.is_always_recorded and not is_repetition:
            assert any(line.code == claim.resultCode and line.detail for line in new), effect
            self._recorded.add(key)
        if effect.needs_review and not is_repetition:
            assert after.review is not None, effect
        if effect.kind.is_rejected:
            assert _facts(after) == _facts(before), "nothing of rejected evidence is applied"
        if _money(after) != _money(before):
            self._check_recorded_change(effect, before, after)

    def _check_recorded_change(self, effect: ExpectedEffect, before: Payment, after: Payment) -> None:
        """A change of money is always recorded; after the end it needs a review, except for a release."""
        decided = (attempt.decidedAt for attempt in after.attempts)
        assert after.events != before.events or self.at in decided, effect
        is_release = effect.kind is EvidenceKind.NEW and effect.hold_states == {HoldState.NOT_HELD}
        assert after.review is not None or not before.status.is_final or is_release, "no review is set"

    def _check_repetition(self, claim: Claim, once: Payment) -> None:
        twice = settle(
            once, claim, self.at + timedelta(seconds=30), attempt_limit=self.limit, accepts_external=True
        ).payment
        assert twice == once, "repeated evidence changes nothing"

    def _check_without_trail(self, claim: Claim, before: Payment, settled: Settlement) -> None:
        """Checks that the decision is the same without an audit trail and without a review's reason."""
        bare, limit = without_trail(before), self.limit
        after, ask = settle(bare, claim, self.at, attempt_limit=limit, accepts_external=True)
        assert (without_trail(after), ask) == (without_trail(settled.payment), settled.must_inquire)

    def _apply(self, effect: ExpectedEffect, claim: Claim, settled: Settlement) -> None:
        self.payment, model = settled.payment, self.model
        hold_state = _hold_states(self.payment).get(effect.attempt or "")
        statuses = {capture.captureRequestId: capture.status for capture in self.payment.captures}
        model.apply(claim, effect, hold_state, statuses.get(effect.capture or ""))
        model.observe_status(self.payment.status)
        self._update_pending_inquiries(
            effect.attempt or model.current, claim, needs_inquiry=settled.must_inquire
        )
        self._check_model_agrees()

    def _update_pending_inquiries(self, attempt: str, claim: Claim, *, needs_inquiry: bool) -> None:
        is_answer = isinstance(claim, PaymentEvidence) and claim.source is Source.INQUIRY
        if needs_inquiry:
            self.pending_inquiries.add(attempt)
        elif is_answer and claim.verdict in _DECIDED:
            self.pending_inquiries.discard(attempt)

    def _check_model_agrees(self) -> None:
        """Checks the payment's ids and amounts against the model's."""
        payment, model = self.payment, self.model
        assert {a.paymentRequestId: a.paymentId or None for a in payment.attempts} == {
            name: attempt.gateway_id for name, attempt in model.attempts.items()
        }
        assert (payment.authorizedAmount is not None) is model.was_authorized
        if payment.status in {S.AUTHORIZED, S.CAPTURING} and not model.captured:
            assert model.attempts[model.current].hold_state is HoldState.HELD
        assert payment.captured_minor_units == model.captured
        assert {
            c.captureRequestId: (c.captureAmount.minor_units, c.isLastCapture) for c in payment.captures
        } == {name: (capture.value, capture.is_last) for name, capture in model.captures.items()}
