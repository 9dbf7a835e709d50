"""The operation inquiryPayment (Antom)."""

from simulator.http.body import Answer, Body, Refused, success
from simulator.payment_lifecycle import PaymentLifecycle
from simulator.state import Payment, Status
from simulator.views import common_fields, risk_review_fields, transaction


def inquiry(lifecycle: PaymentLifecycle, body: Body) -> Answer:
    """Returns the state of a payment; the result is that of the inquiry, and not of the payment."""
    payment = requested_payment(lifecycle, body)
    lifecycle.expire_if_due(payment)
    fields = common_fields(payment)
    if payment.status is Status.PROCESSING and payment.page:
        fields["redirectActionForm"] = {"method": "GET", "redirectUrl": payment.page}
    transactions = [transaction(payment, capture) for capture in payment.captures]
    found = success(
        paymentStatus=str(payment.status),
        paymentResultCode=payment.code,
        paymentResultMessage=payment.message,
        paymentMethodType="CARD",
        **fields,
        **risk_review_fields(payment),
    )
    # the documented sample has an explicit null where no capture or refund exists
    found["transactions"] = transactions or None
    return found


def requested_payment(lifecycle: PaymentLifecycle, body: Body) -> Payment:
    """Returns the payment with this paymentId or, where that is absent, this paymentRequestId."""
    payment_id = body.optional("paymentId", 64)
    request_id = body.optional("paymentRequestId", 64)
    if not payment_id and not request_id:
        raise Refused("PARAM_ILLEGAL", "paymentId or paymentRequestId")
    payment = lifecycle.store.find(payment_id, request_id)
    if payment is None:
        raise Refused("ORDER_NOT_EXIST", "The order does not exist.")
    return payment
