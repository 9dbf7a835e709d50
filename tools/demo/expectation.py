"""What is expected of a scenario's payment, compared with the gateway's ledger and with Holdfast's status."""

from dataclasses import dataclass

from holdfast import Payment, PaymentStatus
from holdfast.source import Source
from tools.local_stack.ledger import OrderSummary


@dataclass(frozen=True)
class Expectation:
    """How a scenario must end; amounts in minor units.

    `pay_calls` and `capture_calls` are the least number of calls that the gateway must have received: a
    scenario about a lost response must have lost one.
    """

    status: PaymentStatus
    captured: int = 0
    held: int = 0
    attempts: int = 1
    voided: int = 0
    pay_calls: int = 1
    capture_calls: int = 0
    decided_by: Source | None = None


def discrepancies(expected: Expectation, payment: Payment | None, order: OrderSummary) -> list[str]:
    """Returns one clause for each value that differs; an empty list when all values agree."""
    found = _in_ledger(expected, order)
    return found + (["there is no payment"] if payment is None else _in_payment(expected, payment))


def _in_ledger(expected: Expectation, order: OrderSummary) -> list[str]:
    was_authorized = bool(expected.captured or expected.held or expected.voided)
    is_live = bool(expected.captured or expected.held)
    found = [
        _unequal("ledger: captured", order.captured, expected.captured),
        _unequal("ledger: held", order.held, expected.held),
        _unequal("ledger: live authorizations", order.live, int(is_live)),
        _unequal("ledger: most live authorizations at once", order.most_live, int(was_authorized)),
        _unequal("ledger: voided", order.voided, expected.voided),
        _unequal("ledger: attempts", order.attempts, expected.attempts),
        _fewer("pay", order.pay_calls, expected.pay_calls),
        _fewer("capture", order.capture_calls, expected.capture_calls),
    ]
    return [line for line in found if line]


def _in_payment(expected: Expectation, payment: Payment) -> list[str]:
    captured = payment.capturedAmount.minor_units if payment.capturedAmount else 0
    found = [
        _unequal("status", payment.status, expected.status),
        _unequal("captured", captured, expected.captured),
        _unequal("attempts", len(payment.attempts), expected.attempts),
    ]
    if expected.decided_by is not None:
        found.append(_unequal("decided by", payment.attempt.decidedBy, expected.decided_by))
    if payment.review is not None:
        found.append(f"review: {payment.review.reason}")
    return [line for line in found if line]


def _unequal(what: str, found: object, expected: object) -> str:
    return "" if found == expected else f"{what} is {found} and should be {expected}"


def _fewer(operation: str, found: int, expected: int) -> str:
    return "" if found >= expected else f"ledger: {found} {operation} calls, should be {expected} or more"
