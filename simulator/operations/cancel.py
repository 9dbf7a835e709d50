"""The operation cancel (Antom), which voids a payment that is not captured."""

from datetime import timedelta

from simulator.clock import iso
from simulator.http.body import Answer, Body, Refused, success
from simulator.operations.inquiry import requested_payment
from simulator.payment_lifecycle import PaymentLifecycle
from simulator.state import Status

# Antom: card payments can be cancelled until they are captured, for seven days after the payment
WINDOW = timedelta(days=7)


def cancel(lifecycle: PaymentLifecycle, body: Body) -> Answer:
    """Voids a payment, without a notification; a failed one stays failed and is answered with success."""
    payment = requested_payment(lifecycle, body)
    lifecycle.expire_if_due(payment)
    if payment.captured:
        raise Refused("PROCESS_FAIL", "A captured payment cannot be cancelled; refund it.")
    if any(capture.status is Status.PROCESSING for capture in payment.captures):
        raise Refused("ORDER_STATUS_INVALID", "A capture is in process.")
    if payment.held and payment.paid_at and lifecycle.clock.now() > payment.paid_at + WINDOW:
        raise Refused("CANCEL_WINDOW_EXCEED", "The cancel window has passed; refund it.")
    cancelled_at = lifecycle.cancel(payment)
    return success(
        paymentId=payment.payment_id,
        paymentRequestId=payment.request_id,
        cancelTime=iso(cancelled_at),
    )
