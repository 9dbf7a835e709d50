"""What a merchant may ask of a payment, when it is refused, and what the payment looks like afterwards."""

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
from holdfast.attempt_status import AttemptStatus as A
from holdfast.order import CaptureRequest, parse_order
from holdfast.payment import CaptureStatus, Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
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
from tests.support.settlement.evidence import NOW, OPENED, PART, REST, WHOLE, capture, payment_at
from tests.unit.holdfast.orders import order_fields

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


def wanting(amount: Amount | None = None, *, last: bool = True) -> CaptureRequest:
    return CaptureRequest(captureAmount=amount, isLastCapture=last)


def refusal_of_capture(payment: Payment, request: CaptureRequest) -> Refusal:
    try:
        refuse_capture(payment, request)
    except InvalidState as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("table", [CAPTURE, CANCEL, RETRY])
def test_the_tables_leave_no_status_out(table: dict[S, Refusal]) -> None:
    assert set(table) == set(S)


@pytest.mark.parametrize(("status", "refusal"), CAPTURE.items())
def test_capture(status: S, refusal: Refusal) -> None:
    assert refusal_of_capture(payment_at(status), wanting()) is refusal


@pytest.mark.parametrize(("status", "refusal"), CANCEL.items())
def test_cancel(status: S, refusal: Refusal) -> None:
    payment = payment_at(status)
    if refusal is None:
        refuse_cancel(payment)
        return
    with pytest.raises(InvalidState) as caught:
        refuse_cancel(payment)
    assert type(caught.value) is refusal


@pytest.mark.parametrize(("status", "refusal"), RETRY.items())
def test_retry(status: S, refusal: Refusal) -> None:
    payment = payment_at(status)
    if refusal is None:
        refuse_retry(payment)
        return
    with pytest.raises(InvalidState) as caught:
        refuse_retry(payment)
    assert type(caught.value) is refusal


@pytest.mark.parametrize("status", [status for status in S if not status.is_final])
def test_an_automatic_payment_is_not_captured_by_the_merchant(status: S) -> None:
    assert refusal_of_capture(payment_at(status, CaptureMode.AUTOMATIC), wanting()) is AutomaticCapture


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
def test_how_much_may_be_captured(amount: Amount | None, refusal: Refusal) -> None:
    assert refusal_of_capture(payment_at(S.AUTHORIZED), wanting(amount)) is refusal


def test_after_a_part_no_more_than_the_rest() -> None:
    partly = payment_at(S.PARTIALLY_CAPTURED)
    assert remaining(partly) == REST
    assert refusal_of_capture(partly, wanting(REST)) is None
    with pytest.raises(AmountExceedsAuthorization, match=r"captureAmount.value: at most EUR 200.00 can be"):
        refuse_capture(partly, wanting(Amount(currency="EUR", value="20001")))
    with pytest.raises(AmountExceedsAuthorization, match=r"captureAmount.currency: .* in EUR"):
        refuse_capture(partly, wanting(Amount(currency="USD", value="1")))


@pytest.mark.parametrize(("amount", "refusal"), [(None, None), (WHOLE, None), (PART, CaptureInProgress)])
def test_an_open_capture_is_joined_and_another_one_refused(amount: Amount | None, refusal: Refusal) -> None:
    capturing = payment_at(S.CAPTURING)
    assert refusal_of_capture(capturing, wanting(amount)) is refusal
    if refusal is None:
        assert request_capture(capturing, wanting(amount), NOW, Source.MERCHANT) == capturing


@pytest.mark.parametrize(("first", "second"), [(False, False), (False, True), (True, False)])
def test_a_part_is_not_joined_by_another_one_of_the_same_amount(first: bool, second: bool) -> None:
    capturing = payment_at(S.CAPTURING, captures=(capture(CaptureStatus.PROCESSING, PART, last=first),))
    assert refusal_of_capture(capturing, wanting(PART, last=second)) is CaptureInProgress


def test_when_all_is_taken_while_another_capture_is_open_there_is_nothing_left_to_ask_for() -> None:
    """A capture that was reported failed succeeded after all, and its repetition has no result yet."""
    captures = (capture(CaptureStatus.SUCCESS), capture(CaptureStatus.PROCESSING, number=2))
    both = payment_at(S.CAPTURING, captures=captures, capturedAmount=WHOLE)
    for amount in (None, WHOLE, PART):
        assert refusal_of_capture(both, wanting(amount)) is AlreadyCaptured


def test_a_capture_of_which_nobody_knows_the_outcome_is_taken_up_again_under_its_id() -> None:
    lost = payment_at(S.NEEDS_REVIEW, captures=(capture(CaptureStatus.PROCESSING),))
    assert refusal_of_capture(lost, wanting()) is None
    after = request_capture(lost, wanting(), NOW, Source.MERCHANT)
    assert (after.status, after.captures) == (S.CAPTURING, lost.captures)


def test_a_decline_that_is_contradicted_takes_no_other_attempt() -> None:
    with pytest.raises(AttemptUnconfirmed, match="an inquiry about it is pending"):
        refuse_retry(payment_at(S.DECLINED), is_unconfirmed=True)


@pytest.mark.parametrize("status", [S.NEEDS_REVIEW, S.AUTHORIZED])
def test_what_a_capture_holds_open_is_not_cancelled(status: S) -> None:
    with pytest.raises(CaptureInProgress, match="ORDER_1-c1 has no result yet"):
        refuse_cancel(payment_at(status, captures=(capture(CaptureStatus.PROCESSING),)))


def test_an_order_opens_a_payment_with_everything_decided_and_nothing_sent() -> None:
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


def test_a_retry_is_a_new_attempt_with_a_new_id_and_leaves_the_old_one_as_it_was() -> None:
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
def test_a_cancellation_says_who_and_why(status: S, becomes: S) -> None:
    after = request_cancel(payment_at(status), "out of stock", NOW, Source.OPERATOR)
    assert (after.status, after.nextAction) == (becomes, None)
    line = after.events[-1]
    assert (line.source, line.detail, line.at) == (Source.OPERATOR, "out of stock", NOW)


@pytest.mark.parametrize("status", [S.CANCELLING, S.CANCELLED])
def test_a_cancellation_that_is_under_way_is_joined(status: S) -> None:
    payment = payment_at(status)
    assert request_cancel(payment, "again", NOW, Source.MERCHANT) == payment


@pytest.mark.parametrize(
    ("amount", "last", "taken", "is_last"),
    [
        (None, True, WHOLE, True),
        (None, False, WHOLE, True),
        (WHOLE, False, WHOLE, True),
        (PART, True, PART, True),
        (PART, False, PART, False),
    ],
)
def test_a_capture_decides_id_and_amount_before_anything_is_sent(
    amount: Amount | None, last: bool, taken: Amount, is_last: bool
) -> None:
    after = request_capture(payment_at(S.AUTHORIZED), wanting(amount, last=last), NOW, Source.CLOCK)
    assert after.status is S.CAPTURING
    assert after.events[-1].source is Source.CLOCK
    [made] = after.captures
    assert (made.captureRequestId, made.captureAmount, made.isLastCapture) == ("ORDER_1-c1", taken, is_last)
    assert (made.status, after.open_capture) == (CaptureStatus.PROCESSING, made)


def test_the_next_capture_takes_the_rest_under_the_next_id() -> None:
    after = request_capture(payment_at(S.PARTIALLY_CAPTURED), wanting(last=False), NOW, Source.MERCHANT)
    assert [(c.captureRequestId, c.captureAmount) for c in after.captures] == [
        ("ORDER_1-c1", PART),
        ("ORDER_1-c2", REST),
    ]
    assert after.captures[1].isLastCapture, "nothing is left after it"


def test_a_failed_capture_does_not_give_its_id_away() -> None:
    failed = payment_at(S.AUTHORIZED, captures=(capture(CaptureStatus.FAIL),))
    after = request_capture(failed, wanting(), NOW + timedelta(hours=1), Source.MERCHANT)
    assert [c.captureRequestId for c in after.captures] == ["ORDER_1-c1", "ORDER_1-c2"]


@pytest.mark.parametrize("status", [S.CAPTURING, S.CAPTURED, S.FAILED, S.EXPIRED])
def test_a_command_that_was_not_refused_in_time_changes_nothing(status: S) -> None:
    with pytest.raises(PaymentEnded, match="cancel_requested is not possible"):
        request_cancel(payment_at(status), "too late", NOW, Source.MERCHANT)
    with pytest.raises(PaymentEnded, match="retry_requested is not possible"):
        start_attempt(payment_at(status), NOW)
