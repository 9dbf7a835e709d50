"""The status of a payment in a sentence: what is known, and what happens next."""

from collections.abc import Callable, Mapping

from holdfast.antom.models import CaptureMode
from holdfast.payment import Payment
from holdfast.statuses.payment_status import PaymentStatus as S


def status_sentence(payment: Payment) -> str:
    """Returns one or two sentences about the payment's status."""
    sentence = _SENTENCES[payment.status](payment)
    if payment.is_risk_rejected:
        return f"{sentence} The gateway's risk review has rejected it: do not ship."
    if payment.is_under_risk_review:
        return f"{sentence} The gateway's risk review is not decided: do not ship yet."
    return sentence


def _amount(payment: Payment) -> str:
    return (payment.authorizedAmount or payment.paymentAmount).display


def _authorizing(payment: Payment) -> str:
    return f"The gateway was asked for {_amount(payment)}, and its answer is not known yet."


def _authorized(payment: Payment) -> str:
    held = f"{_amount(payment)} is held on the buyer's card and not captured."
    if payment.captureMode is CaptureMode.MANUAL:
        return held
    return f"{held} The gateway captures it by itself."


def _capturing(payment: Payment) -> str:
    capture = payment.open_capture
    amount = capture.captureAmount.display if capture else _amount(payment)
    return f"The capture of {amount} was requested, and its result is not known yet."


def _partially_captured(payment: Payment) -> str:
    captured = payment.capturedAmount.display if payment.capturedAmount else "A part"
    return f"{captured} of {_amount(payment)} is captured, and the rest is not."


def _captured(payment: Payment) -> str:
    return f"{(payment.capturedAmount or payment.paymentAmount).display} is captured."


def _declined(payment: Payment) -> str:
    return f"The attempt was declined{_code(payment)}. The buyer may try again with another payment method."


def _failed(payment: Payment) -> str:
    return f"The payment has failed{_code(payment)}. {_no_money(payment)}"


def _no_money(payment: Payment) -> str:
    """Returns what is known of the money of an unpaid payment: a review questions that there is none."""
    if payment.review is None:
        return "Nothing is held and nothing is captured."
    return "Look in the gateway's dashboard whether anything is held or captured, for the reason below."


def _code(payment: Payment) -> str:
    code = payment.attempt.resultCode
    return f" ({code})" if code else ""


def _unpaid(sentence: str) -> Callable[[Payment], str]:
    return lambda payment: f"{sentence} {_no_money(payment)}"


def _always(sentence: str) -> Callable[[Payment], str]:
    return lambda _: sentence


_SENTENCES: Mapping[S, Callable[[Payment], str]] = {
    S.AUTHORIZING: _authorizing,
    S.ACTION_REQUIRED: _always("The buyer has to complete the payment on the page below."),
    S.PENDING: _always("The gateway is working on the payment. The buyer has nothing to do."),
    S.AUTHORIZED: _authorized,
    S.CAPTURING: _capturing,
    S.PARTIALLY_CAPTURED: _partially_captured,
    S.CAPTURED: _captured,
    S.DECLINED: _declined,
    S.CANCELLING: _always("The gateway was asked to cancel, and has not confirmed it yet."),
    S.FAILED: _failed,
    S.CANCELLED: _unpaid("The payment is cancelled."),
    S.EXPIRED: _unpaid("The payment has expired."),
    S.NEEDS_REVIEW: _always(
        "The outcome is not known. Holdfast continues to ask the gateway, and a person must look."
    ),
}
