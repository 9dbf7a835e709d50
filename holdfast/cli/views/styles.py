"""The colours of statuses. A colour only repeats what a word says."""

from rich.text import Text

from holdfast.payment import CaptureStatus
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.payment_status import PaymentStatus

_GOOD, _OPEN, _WAITING, _BAD, _DULL = "green", "cyan", "yellow", "red", "dim"
_PAYMENT = {
    PaymentStatus.AUTHORIZING: _WAITING,
    PaymentStatus.ACTION_REQUIRED: _OPEN,
    PaymentStatus.PENDING: _WAITING,
    PaymentStatus.AUTHORIZED: _OPEN,
    PaymentStatus.CAPTURING: _WAITING,
    PaymentStatus.PARTIALLY_CAPTURED: _GOOD,
    PaymentStatus.CAPTURED: _GOOD,
    PaymentStatus.DECLINED: _BAD,
    PaymentStatus.CANCELLING: _WAITING,
    PaymentStatus.FAILED: _BAD,
    PaymentStatus.CANCELLED: _DULL,
    PaymentStatus.EXPIRED: _DULL,
    PaymentStatus.NEEDS_REVIEW: "bold red",
}
_ATTEMPT = {
    AttemptStatus.AUTHORIZED: _GOOD,
    AttemptStatus.DECLINED: _BAD,
    AttemptStatus.AUTHORIZED_AFTER_CLOSE: "bold red",
}
_CAPTURE = {CaptureStatus.SUCCESS: _GOOD, CaptureStatus.FAIL: _BAD, CaptureStatus.PROCESSING: _WAITING}


def style_of(status: PaymentStatus | None) -> str:
    """Returns the colour of a payment's status."""
    return _PAYMENT.get(status, _DULL) if status else _DULL


def payment_status(status: PaymentStatus | None) -> Text:
    """Returns a payment's status in its colour; a payment that no worker has started yet has none."""
    return Text(status or "not started", style=style_of(status))


def attempt_status(status: AttemptStatus) -> Text:
    """Returns the status of an attempt in its colour."""
    return Text(status, style=_ATTEMPT.get(status, _DULL))


def capture_status(status: CaptureStatus) -> Text:
    """Returns the status of a capture in its colour."""
    return Text(status, style=_CAPTURE[status])
