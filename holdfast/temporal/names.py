"""The Temporal names of the contract, and the request ids the gateway sees."""

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
"""References that would vanish from the notify URL: a path segment that is one of these is removed (RFC 3986,
5.2.4)."""

_WORKFLOW_ID = "card-payment-"
_DIFFERENCE_ID = re.compile(r"difference-(?P<reference>[A-Za-z0-9._-]{1,48})-[0-9a-f]{16}")
_REQUEST_ID = re.compile(r"(?P<reference>[A-Za-z0-9._-]{1,48})-c?[1-9][0-9]{0,5}")


def workflow_id(payment_reference: str) -> str:
    """The workflow that is this payment."""
    return f"{_WORKFLOW_ID}{payment_reference}"


def reference_in(workflow_id: str) -> str | None:
    """The payment reference in the id of a payment's workflow; None in any other id."""
    reference = workflow_id.removeprefix(_WORKFLOW_ID)
    return reference if reference != workflow_id and is_payment_reference(reference) else None


def difference_id(payment_reference: str, digest: str) -> str:
    """The workflow that keeps a difference for a person; `digest` is 16 hexadecimal digits of its facts."""
    return f"difference-{payment_reference}-{digest}"


def reference_in_difference(workflow_id: str) -> str | None:
    """The payment reference in the id of a difference; None in any other id."""
    match = _DIFFERENCE_ID.fullmatch(workflow_id)
    return match["reference"] if match else None


def reconciliation_id(merchant_account: str, what: str) -> str:
    """The workflow that compares this account's payments; `what` names the period or the references."""
    return f"reconciliation-{merchant_account}-{what}"


def payment_request_id(payment_reference: str, attempt: int) -> str:
    """The gateway's idempotency key of one attempt; attempts count from 1."""
    return f"{payment_reference}-{attempt}"


def capture_request_id(payment_reference: str, number: int) -> str:
    """The gateway's idempotency key of one capture; captures count from 1."""
    return f"{payment_reference}-c{number}"


def reference_of(request_id: str) -> str | None:
    """The payment reference inside one of our own request ids; None when the id is not one of ours."""
    match = _REQUEST_ID.fullmatch(request_id)
    return match["reference"] if match and is_payment_reference(match["reference"]) else None


def summary(amount: str, reference_order_id: str, capture_mode: str) -> str:
    """One line for Temporal's list of workflows, as in `EUR 300.00 · ORDER_1 · MANUAL`."""
    return f"{amount} · {reference_order_id} · {capture_mode}"


def is_payment_reference(text: str) -> bool:
    """Whether the text can be a payment reference at all."""
    return re.fullmatch(PAYMENT_REFERENCE[1:-1], text) is not None and text not in DOT_SEGMENTS
