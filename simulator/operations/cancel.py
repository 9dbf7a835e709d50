"""Antom: cancel, the void of what is not captured."""

from datetime import timedelta

from simulator.clock import iso
from simulator.http.body import Answer, Body, Refused, success
from simulator.operations.inquiry import asked_for
from simulator.payment_lifecycle import Life
from simulator.state import Status

# Antom: cards can be cancelled until captured, up to seven days after they were paid
WINDOW = timedelta(days=7)


def cancel(life: Life, body: Body) -> Answer:
    """Void a payment; a failed one is answered with success and stays failed. Nothing is notified."""
    payment = asked_for(life, body)
    life.expire_if_due(payment)
    if payment.captured:
        raise Refused("PROCESS_FAIL", "A captured payment cannot be cancelled; refund it.")
    if any(capture.status is Status.PROCESSING for capture in payment.captures):
        raise Refused("ORDER_STATUS_INVALID", "A capture is in process.")
    if payment.held and payment.paid_at and life.clock.now() > payment.paid_at + WINDOW:
        raise Refused("CANCEL_WINDOW_EXCEED", "The cancel window has passed; refund it.")
    cancelled_at = life.cancel(payment)
    return success(
        paymentId=payment.payment_id,
        paymentRequestId=payment.request_id,
        cancelTime=iso(cancelled_at),
    )
