"""The words of the console for the status of a payment, a movement of money and a gateway call."""

from dataclasses import dataclass

from simulator.state import Payment, Status

OPERATIONS = {
    "pay": "Pay",
    "inquiryPayment": "Inquire",
    "capture": "Capture",
    "cancel": "Cancel",
    "inquireNotificationList": "List notifications",
    "unknown": "Unknown operation",
}
MOVEMENTS = {
    "CREATED": "Payment created",
    "AUTHORIZED": "Money held",
    "CAPTURED": "Money taken",
    "VOIDED": "Hold released, because it was cancelled",
    "CANCELLED": "Cancelled before anything was held",
    "EXPIRED": "Hold released, because it has expired",
    "DECLINED": "Declined",
    "CLOSED": "Closed, because the time to pay ran out",
    "PENDING": "Paid by the buyer, result still open",
    "CAPTURE_FAILED": "Capture failed",
    "CAPTURE_TAKEN_BACK": "Capture taken back, money held again",
    "LATE_SUCCESS_REFUNDED": "Paid after the cancellation, given back",
    "RISK_REVIEW_PROCESSING": "Risk review started",
    "RISK_REVIEW_ACCEPT": "Risk review accepted it",
    "RISK_REVIEW_REJECT": "Risk review rejected it",
}
NOTIFICATION_TYPES = {
    "PAYMENT_RESULT": "Payment result",
    "PAYMENT_PENDING": "Payment pending",
    "CAPTURE_RESULT": "Capture result",
    "RISK_POST_REVIEW": "Risk review result",
}


@dataclass(frozen=True)
class Label:
    """A few words with a tone: good, bad, wait or quiet."""

    text: str
    tone: str


def payment_label(payment: Payment) -> Label:
    """Returns the state of a payment, by its status and by where its money is."""
    if payment.is_open:
        return _open_label(payment)
    if payment.status is Status.FAIL:
        return Label("Failed", "bad")
    if payment.status is Status.CANCELLED:
        return _cancelled_label(payment)
    if payment.captured and payment.held:
        return Label("Partly captured", "good")
    return Label("Captured", "good") if payment.captured else Label("Authorized", "good")


def _open_label(payment: Payment) -> Label:
    if payment.status is Status.PENDING:
        return Label("Pending", "wait")
    return Label("Waits for the buyer", "wait") if payment.page else Label("In process", "wait")


def _cancelled_label(payment: Payment) -> Label:
    if payment.refunded:
        return Label("Given back", "quiet")
    if payment.expired:
        return Label("Expired", "quiet")
    return Label("Voided", "quiet") if payment.voided else Label("Cancelled", "quiet")
