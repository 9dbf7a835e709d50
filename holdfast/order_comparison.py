"""The comparison of an order with the payment that has its reference.

Temporal drops the order of a second start, so the client compares what the payment has of the first one.
"""

from holdfast.errors import PaymentReferenceReused
from holdfast.order import PaymentOrder
from holdfast.payment import Payment

_SAME = ("paymentAmount", "merchantAccount", "captureMode")


def refuse_other_payment(order: PaymentOrder, payment: Payment) -> None:
    """Raises PaymentReferenceReused where the payment was started with another order.

    The payment method is that of the first attempt: a retry with another one is no other order.
    """
    different = next((name for name in _SAME if getattr(order, name) != getattr(payment, name)), None)
    if different is None and _has_other_method(order, payment):
        different = "paymentMethod"
    if different is not None:
        reference = order.paymentReference
        raise PaymentReferenceReused(
            f"{different}: the reference belongs to a payment with another one; payment {reference} is "
            "unchanged, choose a new reference for another payment"
        )


def _has_other_method(order: PaymentOrder, payment: Payment) -> bool:
    known = payment.paymentMethodFingerprint
    return known is not None and known != order.paymentMethod.fingerprint
