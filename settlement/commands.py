"""The commands of a merchant: the conditions that refuse each, and the change that it makes to a payment.

The functions are pure. A refusal is an exception of `holdfast.errors`, raised before anything is changed.
"""

from datetime import datetime
from itertools import count

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.errors import (
    AlreadyCaptured,
    AmountExceedsAuthorization,
    AttemptUnconfirmed,
    AutomaticCapture,
    CaptureInProgress,
    NotAuthorized,
    NotDeclined,
    PaymentEnded,
    UnderRiskReview,
)
from holdfast.order import CaptureRequest, PaymentOrder
from holdfast.payment import Attempt, Capture, CaptureStatus, Payment
from holdfast.payment_event import Event
from holdfast.repeated_requests import attempt_with_key, capture_with_key, is_capture_repeated
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from holdfast.temporal.names import capture_request_id, payment_request_id
from settlement import refusal_text as text
from settlement.apply_event import apply_event
from settlement.audit import text as audit_text
from settlement.audit.trail import append_event
from settlement.transitions import target

_CAPTURABLE = frozenset({S.AUTHORIZED, S.PARTIALLY_CAPTURED})


def open_payment(order: PaymentOrder, at: datetime) -> Payment:
    """Returns the new payment of an order. Its first attempt has a request id, and nothing is sent yet."""
    first = Attempt(paymentRequestId=payment_request_id(order.paymentReference, 1), startedAt=at)
    return Payment(
        paymentReference=order.paymentReference,
        merchantAccount=order.merchantAccount,
        paymentAmount=order.paymentAmount,
        captureMode=order.captureMode,
        paymentMethodFingerprint=order.paymentMethod.fingerprint,
        attempts=(first,),
    )


def refuse_retry(payment: Payment, key: str | None = None, *, is_unconfirmed: bool = False) -> None:
    """Raises PaymentEnded, NotDeclined or AttemptUnconfirmed when no further attempt is possible now.

    A new request id is used only when the attempt of the old one is certainly closed. The key of an attempt
    is possible at any time: it is answered with the payment.
    """
    if attempt_with_key(payment, key) is not None:
        return
    if payment.status.is_final:
        raise PaymentEnded(text.ended(payment))
    if payment.status is not S.DECLINED:
        raise NotDeclined(text.not_declined(payment))
    if is_unconfirmed:
        raise AttemptUnconfirmed(text.unconfirmed(payment))


def start_attempt(payment: Payment, at: datetime, key: str | None = None) -> Payment:
    """Returns the payment with another attempt, which has a request id, and nothing is sent yet."""
    request_id = payment_request_id(payment.paymentReference, len(payment.attempts) + 1)
    attempt = Attempt(paymentRequestId=request_id, key=key, startedAt=at)
    _refuse_impossible(payment, Event.RETRY_REQUESTED)
    after = apply_event(payment, Event.RETRY_REQUESTED, at, Source.MERCHANT)
    return after.model_copy(update={"attempts": (*payment.attempts, attempt), "authReviewStatus": None})


def refuse_cancel(payment: Payment) -> None:
    """Raises AlreadyCaptured, CaptureInProgress or PaymentEnded when nothing can be cancelled."""
    if payment.status is S.CAPTURED or payment.captured_minor_units:
        raise AlreadyCaptured(text.taken(payment))
    if payment.open_capture is not None:
        raise CaptureInProgress(text.capture_is_open(payment, payment.open_capture))
    if payment.status in {S.FAILED, S.EXPIRED}:
        raise PaymentEnded(text.ended(payment))


def request_cancel(payment: Payment, reason: str, at: datetime, source: Source) -> Payment:
    """Returns the payment in cancellation; unchanged where it is being cancelled or was cancelled."""
    if payment.status in {S.CANCELLING, S.CANCELLED}:
        return payment
    event = Event.ABANDONED if payment.status is S.DECLINED else Event.CANCEL_REQUESTED
    _refuse_impossible(payment, event)
    return apply_event(payment, event, at, source, detail=reason)


def refuse_capture(payment: Payment, request: CaptureRequest) -> None:
    """Raises an error of `holdfast.errors` where this capture is not possible now.

    A request that repeats the open capture is possible, and so is one with the key of a capture that has
    succeeded: it is answered with the payment.
    """
    known = capture_with_key(payment, request)
    if known is not None and known.status is not CaptureStatus.FAIL:
        return
    if payment.status is S.CAPTURED or payment.is_all_captured:
        raise AlreadyCaptured(text.all_captured(payment))
    if payment.status.is_final:
        raise PaymentEnded(text.ended(payment))
    if payment.captureMode is CaptureMode.AUTOMATIC:
        raise AutomaticCapture(text.automatic(payment))
    if payment.open_capture is not None:
        _refuse_another(payment, payment.open_capture, request)
    elif payment.authorizedAmount is not None and not payment.has_passed_risk_review:
        raise UnderRiskReview(text.risk_review(payment))
    elif payment.status not in _CAPTURABLE:
        raise NotAuthorized(text.not_authorized(payment))
    else:
        _refuse_excess(payment, known.captureAmount if known else request.captureAmount)


def request_capture(payment: Payment, request: CaptureRequest, at: datetime, source: Source) -> Payment:
    """Returns the payment with a capture that has a request id, and nothing is sent yet.

    A request with the key of a capture that has succeeded changes nothing, and a forgotten capture gets the
    key of the request that repeats it. After a failure it is for the amount of the capture that failed. While
    a capture is open no other one is added: the open capture is resumed where its outcome is unknown.
    """
    known = capture_with_key(payment, request)
    if known is not None and known.status is CaptureStatus.SUCCESS:
        return _with_key(payment, known, request, at, source)
    if payment.open_capture is not None:
        if target(payment.status, Event.CAPTURE_RESUMED) is None:
            return payment
        return apply_event(payment, Event.CAPTURE_RESUMED, at, source)
    amount = known.captureAmount if known else request.captureAmount or remaining(payment)
    takes_all = amount == remaining(payment)
    capture = Capture(
        captureRequestId=_unused_capture_id(payment),
        key=request.key,
        captureAmount=amount,
        isLastCapture=takes_all or request.isLastCapture,
    )
    _refuse_impossible(payment, Event.CAPTURE_REQUESTED)
    after = apply_event(payment, Event.CAPTURE_REQUESTED, at, source)
    return after.model_copy(update={"captures": (*payment.captures, capture)})


def _with_key(
    payment: Payment, capture: Capture, request: CaptureRequest, at: datetime, source: Source
) -> Payment:
    """Returns the payment with the request's key at the capture, which can be a forgotten one without a key.

    Its review stays: only a person can tell whether the request has repeated this capture.
    """
    if capture.key == request.key:
        return payment
    named = capture.model_copy(update={"key": request.key})
    captures = tuple(named if each is capture else each for each in payment.captures)
    detail = audit_text.forgotten_capture_repeated(capture.captureRequestId)
    after = append_event(payment, at, source, code=None, detail=detail)
    return after.model_copy(update={"captures": captures})


def _unused_capture_id(payment: Payment) -> str:
    """Returns the id with the next number that no capture has.

    A capture from before a restore from a backup can have that number already.
    """
    used = {capture.captureRequestId for capture in payment.captures}
    names = (capture_request_id(payment.paymentReference, n) for n in count(len(used) + 1))
    return next(name for name in names if name not in used)


def remaining(payment: Payment) -> Amount:
    """Returns the amount that is authorized and not captured yet."""
    left = payment.paymentAmount.minor_units - payment.captured_minor_units
    return Amount(currency=payment.paymentAmount.currency, value=str(left))


def _refuse_another(payment: Payment, open_capture: Capture, request: CaptureRequest) -> None:
    """Raises CaptureInProgress unless the request repeats the open capture."""
    if not is_capture_repeated(payment, request):
        raise CaptureInProgress(text.capture_is_open(payment, open_capture))


def _refuse_excess(payment: Payment, wanted: Amount | None) -> None:
    left = remaining(payment)
    if wanted is None:
        return
    if wanted.currency != left.currency:
        raise AmountExceedsAuthorization(text.other_currency(payment, left))
    if wanted.minor_units > left.minor_units:
        raise AmountExceedsAuthorization(text.too_much(payment, left))


def _refuse_impossible(payment: Payment, event: Event) -> None:
    if target(payment.status, event) is None:
        raise PaymentEnded(text.impossible(payment, event))
