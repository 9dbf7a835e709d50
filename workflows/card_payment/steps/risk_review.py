"""Waits for the gateway's risk review of an authorization. A background task inquires about it meanwhile."""

from datetime import datetime, timedelta

from temporalio import workflow

from workflows.card_payment.payment_state import PaymentState

WAITING_FOR = "the gateway's risk review"
"""What an operator sees while a payment waits for its risk review."""


async def until_decided(state: PaymentState, until: datetime | None = None) -> None:
    """Waits until the risk review is decided, until another transition of the payment, or until a moment."""
    unchanged, left = state.unchanged_since(), until - workflow.now() if until else None
    if not state.payment.is_under_risk_review or (left is not None and left <= timedelta(0)):
        return
    try:
        await workflow.wait_condition(
            lambda: not (unchanged() and state.payment.is_under_risk_review),
            timeout=left,
            timeout_summary=WAITING_FOR,
        )
    except TimeoutError:
        return
