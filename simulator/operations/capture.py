"""The operation capture (Antom)."""

from simulator.faults import Fault
from simulator.http.body import Answer, Body, Money, Refused, answer
from simulator.payment_lifecycle import PaymentLifecycle
from simulator.state import Capture, Payment, Status
from simulator.views import capture_fields


def capture(lifecycle: PaymentLifecycle, body: Body, fault: Fault | None = None) -> Answer:
    """Captures held money; with the faults in_process and taken_back, later or for a time only."""
    request_id = body.required("captureRequestId", 64)
    payment_id = body.required("paymentId", 64)
    amount = body.money("captureAmount")
    repeated = _repeated(lifecycle, request_id, amount)
    if repeated is not None:
        return repeated
    try:
        payment = _capturable(lifecycle, payment_id, amount)
    except Refused as refused:
        lifecycle.store.rejected_captures[request_id] = (amount, refused)
        raise
    entry = lifecycle.start_capture(payment, request_id, amount.value, is_last=_is_last(body))
    _decide(lifecycle, payment, entry, fault)
    return _answer(payment, entry)


def reject_capture(lifecycle: PaymentLifecycle, body: Body, refused: Refused) -> None:
    """Fails a new captureRequestId permanently: a repeat gets the same result, and nothing is captured."""
    request_id = body.required("captureRequestId", 64)
    lifecycle.store.rejected_captures.setdefault(request_id, (body.money("captureAmount"), refused))


def _repeated(lifecycle: PaymentLifecycle, request_id: str, amount: Money) -> Answer | None:
    """Returns the first answer for a repeated captureRequestId with the same amount (Antom: idempotency)."""
    payment, entry = lifecycle.store.captures.get(request_id, (None, None))
    rejected = lifecycle.store.rejected_captures.get(request_id)
    if payment is not None and entry is not None:
        _consistent(Money(payment.amount.currency, entry.amount), amount)
        return _answer(payment, entry)
    if rejected is not None:
        _consistent(rejected[0], amount)
        raise rejected[1]
    return None


def _consistent(first: Money, repeated: Money) -> None:
    if first != repeated:
        raise Refused("REPEAT_REQ_INCONSISTENT", "Repeated requests are inconsistent.")


def _capturable(lifecycle: PaymentLifecycle, payment_id: str, amount: Money) -> Payment:
    payment = lifecycle.store.find(payment_id, "")
    if payment is None:
        raise Refused("AUTH_NOT_FOUND", "The authorization does not exist.")
    lifecycle.expire_if_due(payment)
    if payment.expired:
        raise Refused("AUTH_EXPIRED", "The authorization has expired.")
    if payment.status is Status.CANCELLED:
        raise Refused("AUTH_CANCELLED", "The authorization is cancelled.")
    if payment.status is not Status.SUCCESS:
        raise Refused("AUTH_NOT_FOUND", "The payment is not authorized.")
    _within_authorization(payment, amount)
    return payment


def _within_authorization(payment: Payment, amount: Money) -> None:
    earlier = [entry for entry in payment.captures if entry.status is not Status.FAIL]
    if any(entry.is_last for entry in earlier):
        raise Refused("MULTI_CAPTURE_NOT_SUPPORTED", "The payment is captured already.")
    if not payment.manual_capture:
        raise Refused("ORDER_STATUS_INVALID", "The gateway captures this payment by itself.")
    if amount.currency != payment.amount.currency:
        raise Refused("CURRENCY_NOT_SUPPORT", "The currency is not that of the payment.")
    in_flight = sum(entry.amount for entry in earlier if entry.status is Status.PROCESSING)
    if amount.value > payment.held - in_flight:
        raise Refused("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "More than was authorized.")


def _is_last(body: Body) -> bool:
    more_follow = body.at("isLastCapture") is not None and not body.flag("isLastCapture")
    return not (more_follow or body.text("captureType") == "NON_FINAL")


def _decide(lifecycle: PaymentLifecycle, payment: Payment, entry: Capture, fault: Fault | None) -> None:
    if fault is not None and fault.fault == "in_process":
        lifecycle.decide_capture_later(payment, entry, fault)
        return
    lifecycle.decide_capture(payment, entry)
    if fault is not None and fault.fault == "taken_back":
        lifecycle.reverse_capture_later(payment, entry, fault)


def _answer(payment: Payment, entry: Capture) -> Answer:
    status = {"SUCCESS": "S", "FAIL": "F"}.get(entry.status, "U")
    return answer(entry.code, status, entry.code.lower(), **capture_fields(payment, entry))
