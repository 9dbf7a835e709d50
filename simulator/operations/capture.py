"""Antom: capture."""

from simulator.faults import Fault
from simulator.http.body import Answer, Body, Money, Refused, answer
from simulator.payment_lifecycle import Life
from simulator.state import Capture, Payment, Status
from simulator.views import capture_fields


def capture(life: Life, body: Body, fault: Fault | None = None) -> Answer:
    """Take held money; the faults in_process and taken_back decide when, and whether it stays taken."""
    request_id = body.required("captureRequestId", 64)
    payment_id = body.required("paymentId", 64)
    amount = body.money("captureAmount")
    repeated = _repeated(life, request_id, amount)
    if repeated is not None:
        return repeated
    try:
        payment = _capturable(life, payment_id, amount)
    except Refused as refused:
        life.store.rejected_captures[request_id] = (amount, refused)
        raise
    taken = life.start_capture(payment, request_id, amount.value, is_last=_is_last(body))
    _decide(life, payment, taken, fault)
    return _answer(payment, taken)


def reject_capture(life: Life, body: Body, refused: Refused) -> None:
    """Let a new captureRequestId fail for good: a repeat gets the same refusal, and nothing is taken."""
    request_id = body.required("captureRequestId", 64)
    life.store.rejected_captures.setdefault(request_id, (body.money("captureAmount"), refused))


def _repeated(life: Life, request_id: str, amount: Money) -> Answer | None:
    """Antom: idempotency. The same captureRequestId has the same answer, for the same amount."""
    payment, taken = life.store.captures.get(request_id, (None, None))
    rejected = life.store.rejected_captures.get(request_id)
    if payment is not None and taken is not None:
        _consistent(Money(payment.amount.currency, taken.amount), amount)
        return _answer(payment, taken)
    if rejected is not None:
        _consistent(rejected[0], amount)
        raise rejected[1]
    return None


def _consistent(first: Money, repeated: Money) -> None:
    if first != repeated:
        raise Refused("REPEAT_REQ_INCONSISTENT", "Repeated requests are inconsistent.")


def _capturable(life: Life, payment_id: str, amount: Money) -> Payment:
    payment = life.store.find(payment_id, "")
    if payment is None:
        raise Refused("AUTH_NOT_FOUND", "The authorization does not exist.")
    life.expire_if_due(payment)
    if payment.expired:
        raise Refused("AUTH_EXPIRED", "The authorization has expired.")
    if payment.status is Status.CANCELLED:
        raise Refused("AUTH_CANCELLED", "The authorization is cancelled.")
    if payment.status is not Status.SUCCESS:
        raise Refused("AUTH_NOT_FOUND", "The payment is not authorized.")
    _within_authorization(payment, amount)
    return payment


def _within_authorization(payment: Payment, amount: Money) -> None:
    earlier = [taken for taken in payment.captures if taken.status is not Status.FAIL]
    if any(taken.is_last for taken in earlier):
        raise Refused("MULTI_CAPTURE_NOT_SUPPORTED", "The payment is captured already.")
    if not payment.manual_capture:
        raise Refused("ORDER_STATUS_INVALID", "The gateway captures this payment by itself.")
    if amount.currency != payment.amount.currency:
        raise Refused("CURRENCY_NOT_SUPPORT", "The currency is not that of the payment.")
    in_flight = sum(taken.amount for taken in earlier if taken.status is Status.PROCESSING)
    if amount.value > payment.held - in_flight:
        raise Refused("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "More than was authorized.")


def _is_last(body: Body) -> bool:
    said_more_follow = body.at("isLastCapture") is not None and not body.flag("isLastCapture")
    return not (said_more_follow or body.text("captureType") == "NON_FINAL")


def _decide(life: Life, payment: Payment, taken: Capture, fault: Fault | None) -> None:
    if fault is not None and fault.fault == "in_process":
        life.settle_later(payment, taken, fault)
        return
    life.settle_capture(payment, taken)
    if fault is not None and fault.fault == "taken_back":
        life.take_back_later(payment, taken, fault)


def _answer(payment: Payment, taken: Capture) -> Answer:
    status = {"SUCCESS": "S", "FAIL": "F"}.get(taken.status, "U")
    return answer(taken.code, status, taken.code.lower(), **capture_fields(payment, taken))
