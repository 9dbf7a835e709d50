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

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.http.body import Money
from simulator.payment_lifecycle import PaymentLifecycle
from simulator.state import Payment, RiskReview, Status

OPERATIONS = ("hold", "void", "capture", "take_back", "amount", "review")
FIELDS = frozenset({"operation", "value", "captureRequestId", "code"})


class DashboardError(ValueError):
    """An operation that is invalid or impossible; the message is one line."""


@dataclass(frozen=True)
class DashboardOperation:
    """One operation of the dashboard. `value` is in minor units, 0 where none is given."""

    operation: str
    value: int = 0
    capture_request_id: str = ""
    code: str = ""

    @classmethod
    def parse(cls, data: object) -> "DashboardOperation":
        """Parses the JSON of an operation. Raises `DashboardError`, which names the invalid field."""
        if not isinstance(data, Mapping):
            raise DashboardError("an operation is a JSON object")
        if unknown := sorted(str(name) for name in set(data) - FIELDS):
            raise DashboardError(f"unknown field {unknown[0]}; known: {', '.join(sorted(FIELDS))}")
        operation, value = data.get("operation"), data.get("value", 0)
        if operation not in OPERATIONS:
            raise DashboardError(f"operation: one of {', '.join(OPERATIONS)}")
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise DashboardError("value: minor units, a whole number above 0")
        return cls(str(operation), value, _text(data, "captureRequestId"), _text(data, "code"))


def _text(data: Mapping[object, object], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise DashboardError(f"{name}: a string")
    return value


def perform(lifecycle: PaymentLifecycle, payment: Payment, operation: DashboardOperation) -> None:
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


def _capture(lifecycle: PaymentLifecycle, payment: Payment, operation: DashboardOperation) -> None:
    amount = operation.value or payment.held
    if not 0 < amount <= payment.held:
        raise DashboardError("value: at most the held amount")
    request_id = operation.capture_request_id or f"DASHBOARD{lifecycle.store.new_id()}"
    capture = lifecycle.start_capture(payment, request_id, amount, is_last=amount == payment.held)
    lifecycle.complete_capture(payment, capture)


def _reverse_last_capture(lifecycle: PaymentLifecycle, payment: Payment, code: str) -> None:
    successful = [capture for capture in payment.captures if capture.status is Status.SUCCESS]
    if not successful:
        raise DashboardError("operation: no capture has succeeded")
    lifecycle.reverse_capture(payment, successful[-1], code)
