"""The state beside a payment: its pending inquiries, its order, and whether it has changed."""

import pytest

from holdfast.order import CaptureRequest, PaymentOrder, RetryRequest, parse_order
from holdfast.payment_event import Event
from holdfast.resolution import Outcome, Resolution
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from tests.support.orders import order_fields
from tests.support.settlement.evidence import PAYMENT_ID, capture_evidence, payment_evidence
from tests.support.workflows.clock import START, Clock
from workflows.card_payment import payment_state as case
from workflows.card_payment.payment_state import PaymentState

CARD = f"card_{'2' * 20}"
CANCELLED = Resolution(outcome=Outcome.CANCELLED, resolvedBy="op", reason="void", evidence="dashboard")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(case, "workflow", clock)
    return clock


@pytest.fixture
def state(clock: Clock) -> PaymentState:
    assert clock.now() == START
    return PaymentState(order())


def order() -> PaymentOrder:
    return parse_order(order_fields(captureMode="MANUAL", attemptLimit=2))


def declined(state: PaymentState) -> PaymentState:
    state.apply(payment_evidence(Verdict.FAILED, Source.PAY_RESPONSE))
    assert state.status is S.DECLINED
    return state


def test_evidence_that_fits_leaves_no_inquiry_pending(state: PaymentState) -> None:
    state.apply(payment_evidence(Verdict.SUCCEEDED))
    assert (state.status, state.pending_inquiries) == (S.AUTHORIZED, {})


def test_each_piece_of_evidence_that_does_not_fit_counts_for_its_attempt(state: PaymentState) -> None:
    state.apply(payment_evidence(Verdict.SUCCEEDED, value="1"))
    state.apply(payment_evidence(Verdict.SUCCEEDED, value="2"))
    assert state.pending_inquiries == {"ORDER_1-1": 2}


def test_claim_that_is_being_asked_about_is_counted_once(state: PaymentState) -> None:
    state.apply(payment_evidence(Verdict.SUCCEEDED, value="1"))
    state.apply(payment_evidence(Verdict.SUCCEEDED, value="1", resultMessage="another text"))
    assert state.pending_inquiries == {"ORDER_1-1": 1}


def test_claim_without_an_answer_is_asked_about_again(state: PaymentState) -> None:
    state.apply(payment_evidence(Verdict.SUCCEEDED, value="1"))
    state.close_inquiry("ORDER_1-1", is_answered=False)
    state.apply(payment_evidence(Verdict.SUCCEEDED, value="1"))
    assert state.pending_inquiries == {"ORDER_1-1": 1}


def test_answered_claim_changes_nothing(state: PaymentState) -> None:
    state.apply(payment_evidence(Verdict.SUCCEEDED, value="1"))
    state.close_inquiry("ORDER_1-1", is_answered=True)
    before = state.payment
    state.apply(payment_evidence(Verdict.SUCCEEDED, value="1"))
    assert (state.payment, state.pending_inquiries) == (before, {})


def test_answered_claim_is_asked_about_again_after_another_decision(state: PaymentState) -> None:
    state.apply(payment_evidence(Verdict.SUCCEEDED, value="1"))
    state.close_inquiry("ORDER_1-1", is_answered=True)
    declined(state).apply(payment_evidence(Verdict.SUCCEEDED, value="1"))
    assert state.pending_inquiries == {"ORDER_1-1": 1}


def test_operators_evidence_is_never_a_repeated_claim(state: PaymentState) -> None:
    for _ in range(2):
        state.apply(payment_evidence(Verdict.SUCCEEDED, Source.OPERATOR, value="1"))
    assert state.pending_inquiries == {"ORDER_1-1": 2}


def test_evidence_that_names_a_former_attempt_makes_an_inquiry_about_that_one(state: PaymentState) -> None:
    declined(state).retry(RetryRequest.model_validate({"paymentMethod": {"paymentMethodType": "CARD"}}))
    state.apply(payment_evidence(Verdict.SUCCEEDED, value="1"))
    assert state.pending_inquiries == {"ORDER_1-1": 1}


def test_evidence_of_an_unknown_request_id_makes_an_inquiry_about_the_current_attempt(
    state: PaymentState,
) -> None:
    state.apply(payment_evidence(Verdict.SUCCEEDED, paymentRequestId="another", paymentId=None))
    assert state.pending_inquiries == {"ORDER_1-1": 1}


def test_notified_capture_that_was_not_requested_is_kept_to_be_looked_for(state: PaymentState) -> None:
    state.apply(payment_evidence(Verdict.SUCCEEDED))
    state.apply(capture_evidence(Verdict.SUCCEEDED, captureRequestId="by-hand"))
    assert (state.notified_captures, state.pending_inquiries) == ({"by-hand"}, {"ORDER_1-1": 1})


def test_inquiry_without_an_answer_changes_nothing(state: PaymentState) -> None:
    before = state.payment
    state.apply_inquiry(None)
    state.accept_external_captures(None)
    assert state.payment.model_copy(update={"events": before.events}) == before


def test_inquiry_is_settled_and_leaves_no_inquiry_pending(state: PaymentState) -> None:
    state.apply_inquiry(GatewayRecord(payment=payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY, value="1")))
    assert (state.status, state.pending_inquiries) == (S.NEEDS_REVIEW, {})


def test_payment_that_comes_back_to_its_status_has_changed(state: PaymentState) -> None:
    unchanged = state.unchanged_since()
    assert unchanged()
    declined(state).retry(RetryRequest.model_validate({"paymentMethod": {"paymentMethodType": "CARD"}}))
    assert state.status is S.AUTHORIZING
    assert not unchanged()
    assert state.unchanged_since()()


def test_review_is_no_change_of_the_payment(state: PaymentState) -> None:
    unchanged = state.unchanged_since()
    state.flag_for_review("a reason")
    state.flag_for_review("another reason")
    assert unchanged()
    assert state.payment.review is not None
    assert state.payment.review.reason == "a reason"


def test_event_without_an_edge_changes_only_the_audit_trail(state: PaymentState) -> None:
    before = state.payment
    state.apply_event(Event.REMAINDER_RELEASED)
    assert state.payment.model_copy(update={"events": before.events}) == before


def test_retry_pays_with_its_own_payment_method_and_the_orders_environment(state: PaymentState) -> None:
    method = {"paymentMethodType": "CARD", "cardReference": CARD}
    declined(state).retry(RetryRequest.model_validate({"paymentMethod": method}))
    call = state.pay_call()
    assert (call.paymentRequestId, call.order.paymentMethod.cardReference) == ("ORDER_1-2", CARD)
    assert call.order.env == order().env


def test_retry_with_the_key_of_an_attempt_starts_no_other_one(state: PaymentState) -> None:
    retry = RetryRequest.model_validate({"paymentMethod": {"paymentMethodType": "CARD"}, "key": "card-2"})
    declined(state).retry(retry)
    state.apply(payment_evidence(Verdict.FAILED, Source.PAY_RESPONSE, paymentRequestId="ORDER_1-2"))
    before = state.payment
    state.retry(retry)
    assert (state.payment, len(before.attempts)) == (before, 2)


def test_new_capture_is_not_slow_before_it_is_sent(state: PaymentState) -> None:
    state.apply(payment_evidence(Verdict.SUCCEEDED))
    state.capture_is_slow = True
    state.request_capture(CaptureRequest(), Source.CLOCK)
    assert not state.capture_is_slow
    state.capture_is_slow = True
    state.request_capture(CaptureRequest(), Source.MERCHANT)
    assert state.capture_is_slow, "a joined capture stays as slow as it is"


def test_resolution_ends_the_review(state: PaymentState) -> None:
    state.apply_event(Event.OUTCOME_UNKNOWN)
    state.flag_for_review("the outcome could not be established")
    state.resolve(CANCELLED)
    assert (state.status, state.payment.review) == (S.CANCELLED, None)


def test_resolution_beside_a_pending_inquiry_leaves_the_review(state: PaymentState) -> None:
    state.apply_event(Event.OUTCOME_UNKNOWN)
    state.apply(payment_evidence(Verdict.SUCCEEDED, paymentId=PAYMENT_ID, value="1"))
    state.resolve(CANCELLED)
    assert (state.status, state.payment.review is not None) == (S.CANCELLED, True)


def test_resolution_beside_a_late_authorization_leaves_the_review(state: PaymentState) -> None:
    declined(state).retry(RetryRequest.model_validate({"paymentMethod": {"paymentMethodType": "CARD"}}))
    state.apply(payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY))
    assert state.late_authorizations == ("ORDER_1-1",)
    state.apply_event(Event.OUTCOME_UNKNOWN)
    state.resolve(CANCELLED)
    assert (state.status, state.payment.review is not None) == (S.CANCELLED, True)
