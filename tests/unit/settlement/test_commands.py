"""Commands of a merchant: when they are refused, and the payment after them."""

from datetime import timedelta

import pytest

from holdfast import (
    AlreadyCaptured,
    AmountExceedsAuthorization,
    AttemptUnconfirmed,
    AutomaticCapture,
    CaptureInProgress,
    InvalidState,
    NotAuthorized,
    NotDeclined,
    PaymentEnded,
)
from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.order import CaptureRequest, parse_order
from holdfast.payment import CaptureStatus, Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.commands import (
    open_payment,
    refuse_cancel,
    refuse_capture,
    refuse_retry,
    remaining,
    request_cancel,
    request_capture,
    start_attempt,
)
from tests.support.orders import order_fields
from tests.support.settlement.evidence import NOW, OPENED, PART, REST, WHOLE, capture, payment_at

Refusal = type[InvalidState] | None

CAPTURE: dict[S, Refusal] = {
    S.AUTHORIZING: NotAuthorized,
    S.ACTION_REQUIRED: NotAuthorized,
    S.PENDING: NotAuthorized,
    S.AUTHORIZED: None,
    S.CAPTURING: None,
    S.PARTIALLY_CAPTURED: None,
    S.CAPTURED: AlreadyCaptured,
    S.DECLINED: NotAuthorized,
    S.CANCELLING: NotAuthorized,
    S.FAILED: PaymentEnded,
    S.CANCELLED: PaymentEnded,
    S.EXPIRED: PaymentEnded,
    S.NEEDS_REVIEW: NotAuthorized,
}
CANCEL: dict[S, Refusal] = {
    S.AUTHORIZING: None,
    S.ACTION_REQUIRED: None,
    S.PENDING: None,
    S.AUTHORIZED: None,
    S.CAPTURING: CaptureInProgress,
    S.PARTIALLY_CAPTURED: AlreadyCaptured,
    S.CAPTURED: AlreadyCaptured,
    S.DECLINED: None,
    S.CANCELLING: None,
    S.FAILED: PaymentEnded,
    S.CANCELLED: None,
    S.EXPIRED: PaymentEnded,
    S.NEEDS_REVIEW: None,
}
RETRY: dict[S, Refusal] = {
    S.AUTHORIZING: NotDeclined,
    S.ACTION_REQUIRED: NotDeclined,
    S.PENDING: NotDeclined,
    S.AUTHORIZED: NotDeclined,
    S.CAPTURING: NotDeclined,
    S.PARTIALLY_CAPTURED: NotDeclined,
    S.CAPTURED: PaymentEnded,
    S.DECLINED: None,
    S.CANCELLING: NotDeclined,
    S.FAILED: PaymentEnded,
    S.CANCELLED: PaymentEnded,
    S.EXPIRED: PaymentEnded,
    S.NEEDS_REVIEW: NotDeclined,
}


def capture_request(amount: Amount | None = None, *, last: bool = True) -> CaptureRequest:
    return CaptureRequest(captureAmount=amount, isLastCapture=last)


def refusal_of_capture(payment: Payment, request: CaptureRequest) -> Refusal:
    try:
        refuse_capture(payment, request)
    except InvalidState as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("table", [CAPTURE, CANCEL, RETRY])
def test_tables_of_refusals_have_every_status(table: dict[S, Refusal]) -> None:
    assert set(table) == set(S)


@pytest.mark.parametrize(("status", "refusal"), CAPTURE.items())
def test_capture_is_refused_by_status(status: S, refusal: Refusal) -> None:
    assert refusal_of_capture(payment_at(status), capture_request()) is refusal


@pytest.mark.parametrize(("status", "refusal"), CANCEL.items())
def test_cancel_is_refused_by_status(status: S, refusal: Refusal) -> None:
    payment = payment_at(status)
    if refusal is None:
        refuse_cancel(payment)
        return
    with pytest.raises(InvalidState) as caught:
        refuse_cancel(payment)
    assert type(caught.value) is refusal


@pytest.mark.parametrize(("status", "refusal"), RETRY.items())
def test_retry_is_refused_by_status(status: S, refusal: Refusal) -> None:
    payment = payment_at(status)
    if refusal is None:
        refuse_retry(payment)
        return
    with pytest.raises(InvalidState) as caught:
        refuse_retry(payment)
    assert type(caught.value) is refusal


@pytest.mark.parametrize("status", [status for status in S if not status.is_final])
def test_capture_of_automatic_payment_is_refused(status: S) -> None:
    assert (
        refusal_of_capture(payment_at(status, CaptureMode.AUTOMATIC), capture_request()) is AutomaticCapture
    )


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        (None, None),
        (WHOLE, None),
        (PART, None),
        (Amount(currency="EUR", value="30001"), AmountExceedsAuthorization),
        (Amount(currency="USD", value="100"), AmountExceedsAuthorization),
    ],
)
def test_capture_above_the_authorized_amount_is_refused(amount: Amount | None, refusal: Refusal) -> None:
    assert refusal_of_capture(payment_at(S.AUTHORIZED), capture_request(amount)) is refusal


def test_capture_after_a_part_is_limited_to_the_remainder() -> None:
    partly = payment_at(S.PARTIALLY_CAPTURED)
    assert remaining(partly) == REST
    assert refusal_of_capture(partly, capture_request(REST)) is None
    with pytest.raises(AmountExceedsAuthorization, match=r"captureAmount.value: at most EUR 200.00 of "):
        refuse_capture(partly, capture_request(Amount(currency="EUR", value="20001")))
    with pytest.raises(AmountExceedsAuthorization, match=r"captureAmount.currency: .* in EUR"):
        refuse_capture(partly, capture_request(Amount(currency="USD", value="1")))


@pytest.mark.parametrize(("amount", "refusal"), [(None, None), (WHOLE, None), (PART, CaptureInProgress)])
def test_repeated_capture_joins_the_open_one_and_another_is_refused(
    amount: Amount | None, refusal: Refusal
) -> None:
    capturing = payment_at(S.CAPTURING)
    assert refusal_of_capture(capturing, capture_request(amount)) is refusal
    if refusal is None:
        assert request_capture(capturing, capture_request(amount), NOW, Source.MERCHANT) == capturing


@pytest.mark.parametrize(("first", "second"), [(False, False), (False, True), (True, False)])
def test_second_partial_capture_of_same_amount_is_refused_while_one_is_open(
    first: bool, second: bool
) -> None:
    capturing = payment_at(S.CAPTURING, captures=(capture(CaptureStatus.PROCESSING, PART, last=first),))
    assert refusal_of_capture(capturing, capture_request(PART, last=second)) is CaptureInProgress


def test_capture_is_refused_when_everything_is_captured_and_another_capture_is_open() -> None:
    """A failed capture was later reported as successful, and its repetition has no result yet."""
    captures = (capture(CaptureStatus.SUCCESS), capture(CaptureStatus.PROCESSING, number=2))
    capturing = payment_at(S.CAPTURING, captures=captures, capturedAmount=WHOLE)
    for amount in (None, WHOLE, PART):
        assert refusal_of_capture(capturing, capture_request(amount)) is AlreadyCaptured


def test_capture_with_unknown_outcome_is_resumed_under_its_id() -> None:
    unconfirmed = payment_at(S.NEEDS_REVIEW, captures=(capture(CaptureStatus.PROCESSING),))
    assert refusal_of_capture(unconfirmed, capture_request()) is None
    after = request_capture(unconfirmed, capture_request(), NOW, Source.MERCHANT)
    assert (after.status, after.captures) == (S.CAPTURING, unconfirmed.captures)


def test_retry_after_contradicted_decline_is_refused() -> None:
    with pytest.raises(AttemptUnconfirmed, match="evidence contradicts the decline"):
        refuse_retry(payment_at(S.DECLINED), is_unconfirmed=True)


@pytest.mark.parametrize("status", [S.NEEDS_REVIEW, S.AUTHORIZED])
def test_cancel_with_an_open_capture_is_refused(status: S) -> None:
    with pytest.raises(CaptureInProgress, match="ORDER_1-c1 has no result yet"):
        refuse_cancel(payment_at(status, captures=(capture(CaptureStatus.PROCESSING),)))


def test_new_payment_has_the_values_of_its_order_and_one_attempt() -> None:
    payment = open_payment(parse_order(order_fields(captureMode="MANUAL", merchantAccount="shop-2")), OPENED)
    assert (payment.paymentReference, payment.merchantAccount) == ("ORDER_1", "shop-2")
    assert (payment.paymentAmount, payment.captureMode) == (WHOLE, CaptureMode.MANUAL)
    assert (payment.status, payment.events, payment.captures) == (S.AUTHORIZING, (), ())
    [attempt] = payment.attempts
    assert (attempt.paymentRequestId, attempt.status, attempt.startedAt) == (
        "ORDER_1-1",
        A.AUTHORIZING,
        OPENED,
    )
    assert attempt.decidedAt is None


def test_retry_adds_an_attempt_with_a_new_id_and_keeps_the_old_one() -> None:
    declined = payment_at(S.DECLINED)
    after = start_attempt(declined, NOW)
    assert [a.paymentRequestId for a in after.attempts] == ["ORDER_1-1", "ORDER_1-2"]
    assert after.attempts[0] == declined.attempts[0]
    assert (after.status, after.attempt.status, after.attempt.startedAt) == (
        S.AUTHORIZING,
        A.AUTHORIZING,
        NOW,
    )
    assert (after.events[-1].event, after.events[-1].source) == (Event.RETRY_REQUESTED, Source.MERCHANT)


@pytest.mark.parametrize(
    ("status", "becomes"),
    [
        *((s, S.CANCELLING) for s in (S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING)),
        *((s, S.CANCELLING) for s in (S.AUTHORIZED, S.NEEDS_REVIEW)),
        (S.DECLINED, S.CANCELLED),
    ],
)
def test_cancellation_records_source_and_reason(status: S, becomes: S) -> None:
    after = request_cancel(payment_at(status), "out of stock", NOW, Source.OPERATOR)
    assert (after.status, after.nextAction) == (becomes, None)
    line = after.events[-1]
    assert (line.source, line.detail, line.at) == (Source.OPERATOR, "out of stock", NOW)


@pytest.mark.parametrize("status", [S.CANCELLING, S.CANCELLED])
def test_repeated_cancellation_changes_nothing(status: S) -> None:
    payment = payment_at(status)
    assert request_cancel(payment, "again", NOW, Source.MERCHANT) == payment


@pytest.mark.parametrize(
    ("amount", "last", "captured", "is_last"),
    [
        (None, True, WHOLE, True),
        (None, False, WHOLE, True),
        (WHOLE, False, WHOLE, True),
        (PART, True, PART, True),
        (PART, False, PART, False),
    ],
)
def test_requested_capture_has_its_id_and_amount_before_the_call(
    amount: Amount | None, last: bool, captured: Amount, is_last: bool
) -> None:
    after = request_capture(payment_at(S.AUTHORIZED), capture_request(amount, last=last), NOW, Source.CLOCK)
    assert after.status is S.CAPTURING
    assert after.events[-1].source is Source.CLOCK
    [requested] = after.captures
    assert (requested.captureRequestId, requested.captureAmount, requested.isLastCapture) == (
        "ORDER_1-c1",
        captured,
        is_last,
    )
    assert (requested.status, after.open_capture) == (CaptureStatus.PROCESSING, requested)


def test_next_capture_takes_the_remainder_under_the_next_id() -> None:
    after = request_capture(
        payment_at(S.PARTIALLY_CAPTURED), capture_request(last=False), NOW, Source.MERCHANT
    )
    assert [(c.captureRequestId, c.captureAmount) for c in after.captures] == [
        ("ORDER_1-c1", PART),
        ("ORDER_1-c2", REST),
    ]
    assert after.captures[1].isLastCapture, "nothing remains after it"


def test_id_of_a_failed_capture_is_not_used_again() -> None:
    failed = payment_at(S.AUTHORIZED, captures=(capture(CaptureStatus.FAIL),))
    after = request_capture(failed, capture_request(), NOW + timedelta(hours=1), Source.MERCHANT)
    assert [c.captureRequestId for c in after.captures] == ["ORDER_1-c1", "ORDER_1-c2"]


@pytest.mark.parametrize("status", [S.CAPTURING, S.CAPTURED, S.FAILED, S.EXPIRED])
def test_command_without_an_edge_raises_payment_ended(status: S) -> None:
    with pytest.raises(PaymentEnded, match="which does not allow cancel_requested"):
        request_cancel(payment_at(status), "too late", NOW, Source.MERCHANT)
    with pytest.raises(PaymentEnded, match="which does not allow retry_requested"):
        start_attempt(payment_at(status), NOW)
