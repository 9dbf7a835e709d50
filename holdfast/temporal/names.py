"""The Temporal names of the contract, and the request ids that are sent to the gateway."""

import re

TASK_QUEUE = "card-payments"
CARD_PAYMENT = "CardPayment"
LATE_NOTIFICATION = "LateNotification"
RECONCILIATION = "Reconciliation"
DIFFERENCE = "Difference"

AUTHORIZE = "authorize"
CAPTURE = "capture"
CANCEL = "cancel"
RETRY = "retry"
RESOLVE = "resolve"
REFRESH = "refresh"
RECONCILE = "reconcile"
PAYMENT = "payment"
PROGRESS = "progress"
NOTIFICATION = "notification"

PAYMENT_REFERENCE = r"^[A-Za-z0-9._-]{1,48}$"
DOT_SEGMENTS = frozenset({".", ".."})
"""Invalid references: as a path segment they would be removed from the notify URL (RFC 3986, 5.2.4)."""

_WORKFLOW_ID = "card-payment-"
_DIFFERENCE_ID = re.compile(r"difference-(?P<reference>[A-Za-z0-9._-]{1,48})-[0-9a-f]{16}")
_LATE_NOTIFICATION_ID = re.compile(r"late-notification-[0-9a-f]{40}")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_REQUEST_ID = re.compile(r"(?P<reference>[A-Za-z0-9._-]{1,48})-c?[1-9][0-9]{0,5}")


def workflow_id(payment_reference: str) -> str:
    """Returns the workflow id of a payment."""
    return f"{_WORKFLOW_ID}{payment_reference}"


def reference_from_workflow_id(workflow_id: str) -> str | None:
    """Returns the payment reference in the id of a payment's workflow; None for any other id."""
    reference = workflow_id.removeprefix(_WORKFLOW_ID)
    return reference if reference != workflow_id and is_payment_reference(reference) else None


def difference_id(payment_reference: str, digest: str) -> str:
    """Returns the id of the workflow that keeps a difference for review.

    `digest` is 16 hexadecimal digits of a hash of the difference.
    """
    return f"difference-{payment_reference}-{digest}"


def reference_from_difference_id(workflow_id: str) -> str | None:
    """Returns the payment reference in the id of a difference's workflow; None for any other id."""
    match = _DIFFERENCE_ID.fullmatch(workflow_id)
    return match["reference"] if match else None


def late_notification_id(digest: str) -> str:
    """Returns the id of the workflow that keeps a late notification.

    `digest` has 40 hexadecimal digits at least, of a hash of the notification; the first 40 count.
    """
    return f"late-notification-{digest[:40]}"


def is_late_notification_id(workflow_id: str) -> bool:
    """Returns whether this is the id of a late notification, which is longer than any payment reference."""
    return _LATE_NOTIFICATION_ID.fullmatch(workflow_id) is not None


def reconciliation_id(merchant_account: str, scope: str) -> str:
    """Returns the id of a reconciliation of an account; `scope` names the period or the references."""
    return f"reconciliation-{merchant_account}-{scope}"


def payment_request_id(payment_reference: str, attempt: int) -> str:
    """Returns the gateway's idempotency key of an attempt; attempts count from 1."""
    return f"{payment_reference}-{attempt}"


def capture_request_id(payment_reference: str, number: int) -> str:
    """Returns the gateway's idempotency key of a capture; captures count from 1."""
    return f"{payment_reference}-c{number}"


def is_capture_request_id(request_id: str, payment_reference: str) -> bool:
    """Returns whether the request id is one that Holdfast gives to a capture of this payment."""
    prefix, _, number = request_id.rpartition("-c")
    return prefix == payment_reference and _NUMBER.fullmatch(number) is not None


def reference_from_request_id(request_id: str) -> str | None:
    """Returns the payment reference in a request id of Holdfast; None for any other request id."""
    match = _REQUEST_ID.fullmatch(request_id)
    return match["reference"] if match and is_payment_reference(match["reference"]) else None


def summary(amount: str, reference_order_id: str, capture_mode: str) -> str:
    """Returns a line for Temporal's list of workflows, such as `EUR 300.00 · ORDER_1 · MANUAL`."""
    return f"{amount} · {reference_order_id} · {capture_mode}"


def is_payment_reference(text: str) -> bool:
    """Returns whether the text is a valid payment reference."""
    return re.fullmatch(PAYMENT_REFERENCE[1:-1], text) is not None and text not in DOT_SEGMENTS
