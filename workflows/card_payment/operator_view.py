"""The search attributes and details of a payment in the Temporal UI. They are stored in clear text.

They contain no personal data.
"""

from datetime import datetime
from typing import Any

from temporalio.common import SearchAttributeUpdate

from holdfast.order import PaymentOrder
from holdfast.payment import Attempt, AuditEvent, Capture, Payment
from holdfast.statuses.payment_status import PaymentStatus as S
from holdfast.temporal.search_attributes import (
    CAPTURE_BEFORE,
    MERCHANT_ACCOUNT,
    NEEDS_REVIEW,
    OUTCOME_DUE,
    PAYMENT_STATUS,
    REFERENCE_ORDER_ID,
    payment_id_updates,
)
from settlement.authorization_expiry import certain_end
from settlement.markdown import plain
from settlement.operator.commands import LONGEST, payment_commands
from settlement.operator.outcome_due import outcome_due
from workflows.card_payment.payment_state import PaymentState

MAX_CAPTURES = 20
MAX_LINE = LONGEST
"""The number of captures and the length of a line in the details: the server accepts 20 KB in all."""


def attributes(order: PaymentOrder, payment: Payment) -> list[SearchAttributeUpdate[Any]]:
    """Returns the payment's search attributes; those without a known value are left out.

    `OutcomeDue` is removed with the answer that it was about.
    """
    due = outcome_due(payment)
    updates: list[SearchAttributeUpdate[Any]] = [
        PAYMENT_STATUS.value_set(payment.status),
        MERCHANT_ACCOUNT.value_set(payment.merchantAccount),
        REFERENCE_ORDER_ID.value_set(order.order.referenceOrderId),
        NEEDS_REVIEW.value_set(payment.review is not None or payment.status is S.NEEDS_REVIEW),
        *payment_id_updates(payment.attempt.paymentId),
        OUTCOME_DUE.value_set(due) if due else OUTCOME_DUE.value_unset(),
    ]
    if payment.authExpiryTime is not None:
        updates.append(CAPTURE_BEFORE.value_set(payment.authExpiryTime))
    return updates


def details(state: PaymentState) -> str:
    """Returns the details of one payment, in Markdown."""
    payment = state.payment
    lines = [
        f"## {payment.status}",
        f"**{payment.paymentAmount.display}** · {payment.captureMode} · account `{payment.merchantAccount}`",
        "",
        *_review(payment),
        *_waiting(state),
        *_money(payment),
        _attempt(state),
        *(_late_authorization(state.attempt(each)) for each in state.late_authorizations),
        *_captures(payment),
        "",
        *_trail(payment),
        *payment_commands(payment),
    ]
    return "\n".join(_short(line) for line in lines)


def _short(line: str) -> str:
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1]}…"


def _review(payment: Payment) -> list[str]:
    if payment.review is None:
        return []
    return [f"**Needs review** (since {_at(payment.review.since)}): {payment.review.reason}", ""]


def _waiting(state: PaymentState) -> list[str]:
    if state.status.is_final or not state.waiting_for:
        return []
    deadline = f" until {_at(state.waiting_until)}" if state.waiting_until else ""
    due = outcome_due(state.payment)
    overdue = [f"- An answer of the gateway is due by {_at(due)}; without one it is overdue"] if due else []
    return [f"- Waits for {state.waiting_for}{deadline}", *overdue]


def _money(payment: Payment) -> list[str]:
    lines = []
    if payment.authorizedAmount is not None:
        lines.append(f"- Authorized {payment.authorizedAmount.display}")
    if payment.authReviewStatus is not None:
        lines.append(f"- Risk review {plain(payment.authReviewStatus)}")
    if payment.capturedAmount is not None:
        lines.append(f"- Captured {payment.capturedAmount.display}")
    if payment.authExpiryTime is not None and not payment.status.is_final:
        lines.append(f"- Capture before {_at(payment.authExpiryTime)}")
    return lines


def _attempt(state: PaymentState) -> str:
    payment, attempt = state.payment, state.payment.attempt
    number = f"{len(payment.attempts)} of {state.order.attemptLimit}"
    return f"- Attempt {number}: `{attempt.paymentRequestId}`{_code(attempt.resultCode)}"


def _late_authorization(attempt: Attempt) -> str:
    """Returns the line about an attempt that was authorized after its close."""
    end = _at(certain_end(attempt))
    return (
        f"- Attempt `{attempt.paymentRequestId}` is authorized after its close: it is cancelled until {end}"
    )


def _captures(payment: Payment) -> list[str]:
    left_out = len(payment.captures) - MAX_CAPTURES
    earlier = [f"- {left_out} earlier captures"] if left_out > 0 else []
    return [*earlier, *(_capture(capture) for capture in payment.captures[-MAX_CAPTURES:])]


def _capture(capture: Capture) -> str:
    amount, code = capture.captureAmount.display, _code(capture.resultCode)
    return f"- Capture `{capture.captureRequestId}`: {amount} {capture.status}{code}"


def _trail(payment: Payment) -> list[str]:
    lines = payment.events[-12:]
    return ["### Audit trail (UTC)", *(_line(line) for line in lines)] if lines else []


def _line(line: AuditEvent) -> str:
    """Returns one line of the audit trail. A merchant's text is left out: it can be personal data."""
    what = f"{line.event} → **{line.to}**" if line.event else f"recorded: {line.detail}"
    return f"- {line.at:%m-%d %H:%M:%S} · {line.source} · {what}{_code(line.code)}"


def _code(code: str | None) -> str:
    return f" ({code})" if code else ""


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
