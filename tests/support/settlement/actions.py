"""Commands of merchants and operators, and timer events, applied to a payment and its model."""

from hypothesis import strategies as st

from holdfast.antom.amounts import Amount
from holdfast.order import CaptureRequest
from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.resolution import Outcome, Resolution
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.commands import (
    refuse_cancel,
    refuse_capture,
    refuse_retry,
    request_cancel,
    request_capture,
    start_attempt,
)
from settlement.operator.resolution import apply_resolution, evidence_of, refuse_resolution
from tests.support.settlement.expected_effect import HoldState
from tests.support.settlement.model_comparison import ModelComparison

TIMER_EVENTS = {
    S.AUTHORIZING: {Event.OUTCOME_UNKNOWN: S.NEEDS_REVIEW},
    S.ACTION_REQUIRED: {Event.DEADLINE_PASSED: S.CANCELLING},
    S.PENDING: {Event.DEADLINE_PASSED: S.CANCELLING, Event.OUTCOME_UNKNOWN: S.NEEDS_REVIEW},
    S.DECLINED: {Event.RETRY_WINDOW_CLOSED: S.FAILED},
    S.AUTHORIZED: {Event.AUTHORIZATION_EXPIRING: S.CANCELLING},
    S.CAPTURING: {Event.OUTCOME_UNKNOWN: S.NEEDS_REVIEW},
    S.PARTIALLY_CAPTURED: {Event.REMAINDER_RELEASED: S.CAPTURED},
    S.CANCELLING: {
        Event.OUTCOME_UNKNOWN: S.NEEDS_REVIEW,
        Event.CANCEL_REFUSED: S.AUTHORIZED,
        Event.CANCEL_CONFIRMED: S.CANCELLED,
        Event.EXPIRY_CONFIRMED: S.EXPIRED,
    },
    S.NEEDS_REVIEW: {Event.CAPTURE_RESUMED: S.CAPTURING},
}
"""The status that a payment reaches by a timer, or by the gateway's answer to a call of Holdfast."""


def resolutions(payment: Payment) -> st.SearchStrategy[Resolution]:
    """Generates resolutions by an operator, whether this payment accepts them or not."""
    return st.builds(
        Resolution,
        outcome=st.sampled_from(Outcome),
        resolvedBy=st.just("ops-7"),
        reason=st.just("the gateway's support confirmed it"),
        evidence=st.just("dashboard, 14:02"),
        captureRequestId=st.sampled_from([None, *(c.captureRequestId for c in payment.captures)]),
        paymentId=st.sampled_from([None, f"gateway-{len(payment.attempts)}", "gateway-9"]),
    )


class PaymentActions(ModelComparison):
    """Commands and timer events. Each is refused where the model expects it, and changes no money."""

    def request_capture(self, amount: Amount | None, *, last: bool) -> None:
        request = CaptureRequest(captureAmount=amount, isLastCapture=last)
        may = self.model.may_capture(amount, is_last=last)
        if not self.is_refused("capture", may, lambda: refuse_capture(self.payment, request)):
            self.model.request_capture(amount, is_last=last)
            self.move_to(request_capture(self.payment, request, self.now(), Source.MERCHANT), S.CAPTURING)

    def request_cancel(self) -> None:
        if not self.is_refused("cancel", self.model.may_cancel(), lambda: refuse_cancel(self.payment)):
            is_released = self.model.status in {S.DECLINED, S.CANCELLED}
            after = request_cancel(self.payment, "out of stock", self.now(), Source.MERCHANT)
            self.move_to(after, S.CANCELLED if is_released else S.CANCELLING)

    def request_retry(self) -> None:
        unconfirmed = bool(self.pending_inquiries)
        may = self.model.may_retry(is_unconfirmed=unconfirmed)
        if not self.is_refused("retry", may, lambda: refuse_retry(self.payment, is_unconfirmed=unconfirmed)):
            self.model.start_attempt()
            self.move_to(start_attempt(self.payment, self.now()), S.AUTHORIZING)

    def resolve(self, resolution: Resolution) -> None:
        may = self.model.may_resolve(resolution, is_reviewed=self.payment.review is not None)
        if self.is_refused("resolve", may, lambda: refuse_resolution(self.payment, resolution)):
            return
        claim = evidence_of(self.payment, resolution)
        if claim is not None:
            self.receive(claim)
        reviewed, is_open = self.payment.review, self.model.status is S.NEEDS_REVIEW and claim is not None
        after = apply_resolution(self.payment, resolution, self.now(), matches=not self.pending_inquiries)
        assert after.review == (reviewed if self.pending_inquiries or is_open else None)
        self.move_to(after, self.model.status)

    def apply_timer_event(self, event: Event) -> None:
        after = apply_event(self.payment, event, self.now(), Source.CLOCK)
        self.event_counts["timer"] += 1
        self.move_to(after, TIMER_EVENTS[self.model.status][event])

    def due_events(self) -> list[Event]:
        """Returns the timer events that the workflow would apply in the present status."""
        attempt = self.model.attempts[self.model.current]
        conditions = {
            Event.DEADLINE_PASSED: not attempt.buyer_has_finished,
            Event.RETRY_WINDOW_CLOSED: not self.pending_inquiries,
            Event.CANCEL_REFUSED: attempt.hold_state is HoldState.HELD,
            Event.CAPTURE_RESUMED: self.model.open_capture is not None and not self.model.automatic,
        }
        return [event for event in TIMER_EVENTS.get(self.model.status, ()) if conditions.get(event, True)]
