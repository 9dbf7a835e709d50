"""Requests that repeat an earlier one: the merchant's key identifies a capture or an attempt.

The key is a field of the payment. A repeat is recognized whatever the id of the update that carries it, and
after the workflow has ended.
"""

from holdfast.errors import InvalidRequest
from holdfast.order import CaptureRequest
from holdfast.payment import Attempt, Capture, CaptureStatus, Payment
from holdfast.statuses.payment_status import PaymentStatus


def attempt_with_key(payment: Payment, key: str | None) -> Attempt | None:
    """Returns the attempt that `retry` started with this key; None where there is none."""
    return next((a for a in payment.attempts if key is not None and a.key == key), None)


def capture_with_key(payment: Payment, request: CaptureRequest) -> Capture | None:
    """Returns the capture that the request's key belongs to; None where there is none.

    Of several tries it is the one that has not failed, or the last one. A forgotten capture of the amount
    counts as such a try, because the key that it was made with is lost: a request that repeats it must not
    capture its money again.

    Raises:
        InvalidRequest: The key belongs to a capture of another amount.
    """
    tries = [c for c in payment.captures if request.key is not None and c.key == request.key]
    made = next((c for c in tries if c.status is not CaptureStatus.FAIL), None)
    known = made or (tries[-1] if tries else None)
    if known is not None and not _has_amount(payment, known, request):
        raise InvalidRequest("key: belongs to a capture with another captureAmount")
    return made or _forgotten_capture(payment, request) or known


def _forgotten_capture(payment: Payment, request: CaptureRequest) -> Capture | None:
    """Returns the forgotten capture that the request may repeat; None where there is none.

    After the end nothing more is captured: where a remainder was released, the request can be for that part.
    """
    if request.key is None or (payment.status.is_final and not payment.is_all_captured):
        return None
    taken = (c for c in payment.captures if c.isForgotten and c.status is CaptureStatus.SUCCESS)
    return next((c for c in taken if c.key is None and _has_amount(payment, c, request)), None)


def is_capture_repeated(payment: Payment, request: CaptureRequest) -> bool:
    """Returns whether the request repeats a capture that has succeeded or is in progress.

    Without a key, only a request for the whole remainder repeats an open capture: a request for a part is
    always another capture, even of the same amount.

    Raises:
        InvalidRequest: The key belongs to a capture of another amount.
    """
    if request.key is not None:
        capture = capture_with_key(payment, request)
        return capture is not None and capture.status is not CaptureStatus.FAIL
    if (capture := payment.open_capture) is not None:
        is_last = request.isLastCapture and capture.isLastCapture
        return is_last and _has_amount(payment, capture, request)
    wanted = request.captureAmount or payment.paymentAmount
    return payment.status is PaymentStatus.CAPTURED and payment.capturedAmount == wanted


def open_capture_of(payment: Payment, request: CaptureRequest) -> Capture | None:
    """Returns the open capture where it is the one that this accepted request is for."""
    capture = payment.open_capture
    is_other = capture is not None and request.key is not None and capture.key != request.key
    return None if is_other else capture


def _has_amount(payment: Payment, capture: Capture, request: CaptureRequest) -> bool:
    """Returns whether the request is for the capture's amount.

    A request without an amount is for what the captures before this one had left.
    """
    if request.captureAmount is not None:
        return request.captureAmount == capture.captureAmount
    before = payment.captures[: payment.captures.index(capture)]
    taken = sum(c.captureAmount.minor_units for c in before if c.status is CaptureStatus.SUCCESS)
    return capture.captureAmount.minor_units == payment.paymentAmount.minor_units - taken
