"""What merchants, operators and the clock do to a payment and to the model of it."""

from hypothesis import strategies as st

from holdfast.antom.amounts import Amount
from holdfast.order import CaptureRequest
from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.resolution import Outcome, Resolution
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.audit_trail import apply_event
from settlement.commands import (
    refuse_cancel,
    refuse_capture,
    refuse_retry,
    request_cancel,
    request_capture,
    start_attempt,
)
from settlement.resolution import apply_resolution, evidence_of, refuse_resolution
from tests.support.settlement.expectations import Life
from tests.support.settlement.two_beliefs import TwoBeliefs

CLOCKS = {
    S.AUTHORIZING: {Event.TRUTH_UNKNOWN: S.NEEDS_REVIEW},
    S.ACTION_REQUIRED: {Event.DEADLINE_PASSED: S.CANCELLING},
    S.PENDING: {Event.DEADLINE_PASSED: S.CANCELLING, Event.TRUTH_UNKNOWN: S.NEEDS_REVIEW},
    S.DECLINED: {Event.RETRY_WINDOW_CLOSED: S.FAILED},
    S.AUTHORIZED: {Event.AUTHORIZATION_EXPIRING: S.CANCELLING},
    S.CAPTURING: {Event.TRUTH_UNKNOWN: S.NEEDS_REVIEW},
    S.PARTIALLY_CAPTURED: {Event.REMAINDER_RELEASED: S.CAPTURED},
    S.CANCELLING: {
        Event.TRUTH_UNKNOWN: S.NEEDS_REVIEW,
        Event.CANCEL_REFUSED: S.AUTHORIZED,
        Event.CANCEL_CONFIRMED: S.CANCELLED,
        Event.EXPIRY_CONFIRMED: S.EXPIRED,
    },
    S.NEEDS_REVIEW: {Event.CAPTURE_RESUMED: S.CAPTURING},
}
"""Where time, or the gateway's answer to our own question, takes a payment further."""


def words_about(payment: Payment) -> st.SearchStrategy[Resolution]:
    """What an operator may say of this payment, in turn or out of it."""
    return st.builds(
        Resolution,
        outcome=st.sampled_from(Outcome),
        resolvedBy=st.just("ops-7"),
        reason=st.just("the gateway's support says so"),
        evidence=st.just("dashboard, 14:02"),
        captureRequestId=st.sampled_from([None, *(c.captureRequestId for c in payment.captures)]),
        paymentId=st.sampled_from([None, f"gateway-{len(payment.attempts)}", "gateway-9"]),
    )


class Deeds(TwoBeliefs):
    """Each is refused where the model says so, and moves no money by itself."""

    def captures(self, amount: Amount | None, *, last: bool) -> None:
        request = CaptureRequest(captureAmount=amount, isLastCapture=last)
        may = self.model.may_capture(amount, is_last=last)
        if not self.is_refused("capture", may, lambda: refuse_capture(self.payment, request)):
            self.model.asked_to_take(amount, is_last=last)
            self.moves_to(request_capture(self.payment, request, self.now(), Source.MERCHANT), S.CAPTURING)

    def cancels(self) -> None:
        if not self.is_refused("cancel", self.model.may_cancel(), lambda: refuse_cancel(self.payment)):
            nothing_left = self.model.status in {S.DECLINED, S.CANCELLED}
            after = request_cancel(self.payment, "out of stock", self.now(), Source.MERCHANT)
            self.moves_to(after, S.CANCELLED if nothing_left else S.CANCELLING)

    def tries_again(self) -> None:
        doubts = bool(self.doubts)
        may = self.model.may_retry(is_in_doubt=doubts)
        if not self.is_refused("retry", may, lambda: refuse_retry(self.payment, is_unconfirmed=doubts)):
            self.model.tried()
            self.moves_to(start_attempt(self.payment, self.now()), S.AUTHORIZING)

    def resolves(self, word: Resolution) -> None:
        may = self.model.may_resolve(word, is_reviewed=self.payment.review is not None)
        if self.is_refused("resolve", may, lambda: refuse_resolution(self.payment, word)):
            return
        claim = evidence_of(self.payment, word)
        if claim is not None:
            self.told(claim)
        reviewed, is_open = self.payment.review, self.model.status is S.NEEDS_REVIEW and claim is not None
        after = apply_resolution(self.payment, word, self.now(), matches=not self.doubts)
        assert after.review == (reviewed if self.doubts or is_open else None)
        self.moves_to(after, self.model.status)

    def time_takes(self, event: Event) -> None:
        after = apply_event(self.payment, event, self.now(), Source.CLOCK)
        self.happened["clock"] += 1
        self.moves_to(after, CLOCKS[self.model.status][event])

    def due(self) -> list[Event]:
        """What the workflow would let time decide here, once it has made sure of what it makes sure of."""
        attempt = self.model.tries[self.model.current]
        conditions = {
            Event.DEADLINE_PASSED: not attempt.buyer_is_done,
            Event.RETRY_WINDOW_CLOSED: not self.doubts,
            Event.CANCEL_REFUSED: attempt.life is Life.HELD,
            Event.CAPTURE_RESUMED: self.model.open_take is not None and not self.model.automatic,
        }
        return [event for event in CLOCKS.get(self.model.status, ()) if conditions.get(event, True)]
