"""Antom: inquiryPayment."""

from simulator.http.body import Answer, Body, Refused, success
from simulator.payment_lifecycle import Life
from simulator.state import Payment, Status
from simulator.views import facts, transaction


def inquiry(life: Life, body: Body) -> Answer:
    """What is known of a payment; the result only says that the inquiry itself worked."""
    payment = asked_for(life, body)
    life.expire_if_due(payment)
    fields = facts(payment)
    if payment.status is Status.PROCESSING and payment.page:
        fields["redirectActionForm"] = {"method": "GET", "redirectUrl": payment.page}
    transactions = [transaction(payment, capture) for capture in payment.captures]
    found = success(
        paymentStatus=str(payment.status),
        paymentResultCode=payment.code,
        paymentResultMessage=payment.message,
        paymentMethodType="CARD",
        **fields,
    )
    # the documented sample has an explicit null where no capture or refund exists
    found["transactions"] = transactions or None
    return found


def asked_for(life: Life, body: Body) -> Payment:
    """The payment named by paymentId, which wins, or paymentRequestId."""
    payment_id = body.optional("paymentId", 64)
    request_id = body.optional("paymentRequestId", 64)
    if not payment_id and not request_id:
        raise Refused("PARAM_ILLEGAL", "paymentId or paymentRequestId")
    payment = life.store.find(payment_id, request_id)
    if payment is None:
        raise Refused("ORDER_NOT_EXIST", "The order does not exist.")
    return payment
