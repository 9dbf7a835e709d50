"""Is a payment where its story should end? The judge is the gateway's ledger, and then our own status."""

from dataclasses import dataclass

from holdfast import Payment, PaymentStatus
from holdfast.source import Source
from tools.local_stack.ledger_client import Account


@dataclass(frozen=True)
class Ending:
    """Where a story should end; amounts in minor units. `pay_calls` and `capture_calls` are the fewest that
    the gateway must have seen, so that a story about a lost answer did lose one.
    """

    status: PaymentStatus
    captured: int = 0
    held: int = 0
    attempts: int = 1
    voided: int = 0
    pay_calls: int = 1
    capture_calls: int = 0
    decided_by: Source | None = None


def disagreements(ending: Ending, payment: Payment | None, account: Account) -> list[str]:
    """What is not as it should be, one clause each; empty when all agree."""
    wrong = _of_ledger(ending, account)
    return wrong + (["there is no payment"] if payment is None else _of_payment(ending, payment))


def _of_ledger(ending: Ending, account: Account) -> list[str]:
    taken = bool(ending.captured or ending.held or ending.voided)
    alive = bool(ending.captured or ending.held)
    wrong = [
        _unequal("ledger: captured", account.captured, ending.captured),
        _unequal("ledger: held", account.held, ending.held),
        _unequal("ledger: live authorizations", account.live, int(alive)),
        _unequal("ledger: most live authorizations at once", account.most_live, int(taken)),
        _unequal("ledger: voided", account.voided, ending.voided),
        _unequal("ledger: attempts", account.attempts, ending.attempts),
        _fewer("pay", account.pay_calls, ending.pay_calls),
        _fewer("capture", account.capture_calls, ending.capture_calls),
    ]
    return [line for line in wrong if line]


def _of_payment(ending: Ending, payment: Payment) -> list[str]:
    captured = payment.capturedAmount.minor_units if payment.capturedAmount else 0
    wrong = [
        _unequal("status", payment.status, ending.status),
        _unequal("captured", captured, ending.captured),
        _unequal("attempts", len(payment.attempts), ending.attempts),
    ]
    if ending.decided_by is not None:
        wrong.append(_unequal("decided by", payment.attempt.decidedBy, ending.decided_by))
    if payment.review is not None:
        wrong.append(f"review: {payment.review.reason}")
    return [line for line in wrong if line]


def _unequal(what: str, found: object, wanted: object) -> str:
    return "" if found == wanted else f"{what} is {found} and should be {wanted}"


def _fewer(operation: str, found: int, wanted: int) -> str:
    return "" if found >= wanted else f"ledger: {found} {operation} calls, should be {wanted} or more"
