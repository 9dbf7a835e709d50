"""Changes of a payment without a notification, as made in the gateway's dashboard or by a gateway error.

    hold        authorizes the payment, whatever its status is
    void        releases the authorization
    capture     captures `value` of what is held (all of it where absent), under `captureRequestId` or an id
                of the dashboard
    take_back   reverses the last successful capture, which fails with `code` (PROCESS_FAIL where absent)
    amount      changes the amount of the payment to `value`
    review      changes the status of the risk review to `code` (PROCESSING, ACCEPT or REJECT)

The ledger records them like all other movements of money.
"""

from typing import Literal

from pydantic import Field

from simulator.control.model import ControlModel, InvalidRequest
from simulator.http.body import Money
from simulator.payment_lifecycle import PaymentLifecycle
from simulator.state import Payment, RiskReview, Status


class DashboardError(InvalidRequest):
    """An operation that is invalid or impossible; the message is one line."""


class DashboardRequest(ControlModel):
    """One operation of the dashboard."""

    operation: Literal["hold", "void", "capture", "take_back", "amount", "review"] = Field(
        description=(
            "hold the amount; void the authorization; capture `value` or all that is held; take_back the "
            "last successful capture with `code`; change the amount to `value`; set the risk review to `code`"
        )
    )
    value: int = Field(default=0, ge=0, description="Minor units.")
    captureRequestId: str = Field(default="", description="The id of a capture; empty: a new one.")
    code: str = Field(default="", description="A result code, or PROCESSING, ACCEPT or REJECT.")


def perform(lifecycle: PaymentLifecycle, payment: Payment, operation: DashboardRequest) -> None:
    """Performs the operation. Raises `DashboardError` where the payment does not allow it."""
    match operation.operation:
        case "hold":
            lifecycle.hold(payment)
        case "void":
            lifecycle.release_hold(payment, "VOIDED")
        case "capture":
            _capture(lifecycle, payment, operation)
        case "take_back":
            _reverse_last_capture(lifecycle, payment, operation.code)
        case "review":
            lifecycle.set_risk_review(payment, _risk_review(operation.code))
        case _:
            _change_amount(payment, operation.value)


def _risk_review(code: str) -> RiskReview:
    if code not in list(RiskReview):
        raise DashboardError(f"code: one of {', '.join(RiskReview)}")
    return RiskReview(code)


def _change_amount(payment: Payment, value: int) -> None:
    if not value:
        raise DashboardError("value: minor units, a whole number above 0")
    payment.amount = Money(payment.amount.currency, value)


def _capture(lifecycle: PaymentLifecycle, payment: Payment, operation: DashboardRequest) -> None:
    amount = operation.value or payment.held
    if not 0 < amount <= payment.held:
        raise DashboardError("value: at most the held amount")
    request_id = operation.captureRequestId or f"DASHBOARD{lifecycle.store.new_id()}"
    capture = lifecycle.start_capture(payment, request_id, amount, is_last=amount == payment.held)
    lifecycle.complete_capture(payment, capture)


def _reverse_last_capture(lifecycle: PaymentLifecycle, payment: Payment, code: str) -> None:
    successful = [capture for capture in payment.captures if capture.status is Status.SUCCESS]
    if not successful:
        raise DashboardError("operation: no capture has succeeded")
    lifecycle.reverse_capture(payment, successful[-1], code)
