"""The texts with which a payment refuses a command: the payment, what is known, and what to do next.

They are for people and can change. A program reads the type of the error and the fields of the payment.
"""

from holdfast.antom.amounts import Amount
from holdfast.payment import Capture, Payment
from holdfast.payment_event import Event


def ended(payment: Payment) -> str:
    """The payment is final."""
    return f"{_name(payment)} has ended as {payment.status}: read it, nothing of it changes any more"


def not_declined(payment: Payment) -> str:
    """The payment has no declined attempt."""
    return (
        f"{_name(payment)} is {payment.status}, only a DECLINED payment takes another attempt: wait for the "
        "outcome of the present one"
    )


def unconfirmed(payment: Payment) -> str:
    """Evidence contradicts the decline."""
    return (
        f"{_name(payment)}: evidence contradicts the decline, so that the attempt may hold money; Holdfast "
        "asks the gateway: make the same call again in a minute"
    )


def taken(payment: Payment) -> str:
    """A captured payment cannot be cancelled."""
    return f"{_name(payment)}: the money, or a part of it, has been taken: refund it instead"


def all_captured(payment: Payment) -> str:
    """A captured payment cannot be captured again."""
    return f"{_name(payment)}: the money has been taken by another capture, nothing is left: read the payment"


def capture_is_open(payment: Payment, capture: Capture) -> str:
    """Another capture has no result."""
    return (
        f"{_name(payment)}: capture {capture.captureRequestId} has no result yet and may take money: wait "
        "for its result, then make the call again"
    )


def automatic(payment: Payment) -> str:
    """The gateway captures by itself."""
    return f"{_name(payment)} has captureMode AUTOMATIC, the gateway captures it by itself: wait for CAPTURED"


def risk_review(payment: Payment) -> str:
    """The gateway's risk review is not decided, or has rejected the authorization."""
    review = f"{_name(payment)}: the gateway's risk review"
    if payment.is_risk_rejected:
        return f"{review} has rejected the authorization: do not ship, Holdfast releases the money"
    return f"{review} of the authorization is not decided: capture when authReviewStatus is ACCEPT"


def not_authorized(payment: Payment) -> str:
    """There is no authorization to capture."""
    return (
        f"{_name(payment)} is {payment.status}, only an AUTHORIZED payment can be captured: wait for that "
        "status"
    )


def other_currency(payment: Payment, left: Amount) -> str:
    """The amount is in another currency than the authorization."""
    return f"captureAmount.currency: {_name(payment)} is authorized in {left.currency}, capture in it"


def too_much(payment: Payment, left: Amount) -> str:
    """The amount is above what is left."""
    return f"captureAmount.value: at most {left.display} of {_name(payment)} can be captured, capture less"


def impossible(payment: Payment, event: Event) -> str:
    """The status does not allow the event."""
    return f"{_name(payment)} is {payment.status}, which does not allow {event}: read the payment"


def nothing_to_acknowledge(payment: Payment) -> str:
    """An operator acknowledges a review that is not there."""
    return f"{_name(payment)} has no review to acknowledge: nothing is to be done"


def not_under_review(payment: Payment) -> str:
    """An operator decides what only the gateway decides."""
    return (
        f"{_name(payment)} is {payment.status} and not NEEDS_REVIEW: the gateway decides its outcome, only "
        "ACKNOWLEDGED is possible"
    )


def _name(payment: Payment) -> str:
    return f"payment {payment.paymentReference}"
