"""The judge: what happened to money, by the gateway's ledger, against what Holdfast says of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chaos.judge_of_answers import broken_calls, taken_lies
from chaos.ledger import Attempt, Entry, Order
from chaos.reasons import no_reason
from chaos.verdict import Case, Material, Rule, Violation
from payments import PaymentStatus

Finding = tuple[Rule, str]


@dataclass(frozen=True)
class _File:
    """One payment and everything the ledger says about it."""

    case: Case
    order: Order | None
    attempts: Sequence[Attempt]
    captured: Sequence[Entry]
    at: datetime


def judged(material: Material) -> list[Violation]:
    """Every rule that was broken, payment by payment; empty when nothing was lost."""
    found = [
        Violation(rule, file.case.plan.reference, detail)
        for file in _files(material)
        for check in _CHECKS
        for rule, detail in check(file)
    ]
    return [*found, *broken_calls(material.calls), *taken_lies(material)]


def _files(material: Material) -> Iterator[_File]:
    attempts, captured = _by_order(material.ledger.payments), _captures(material.ledger.events)
    for case in material.cases:
        name = case.plan.reference
        order = material.ledger.orders.get(name)
        yield _File(case, order, attempts.get(name, []), captured.get(name, []), material.at)


def _by_order(payments: Mapping[str, Attempt]) -> Mapping[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = {}
    for attempt in payments.values():
        found.setdefault(attempt.orderId, []).append(attempt)
    return found


def _captures(events: Sequence[Entry]) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for event in events:
        if event.kind == "CAPTURED":
            found.setdefault(event.referenceOrderId, []).append(event)
    return found


def _lives(file: _File) -> Iterator[Finding]:
    if file.order is not None and file.order.maxLiveAuthorizations > 1:
        yield Rule.TWO_LIVE, f"{file.order.maxLiveAuthorizations} at one time"


def _amounts(file: _File) -> Iterator[Finding]:
    for attempt in file.attempts:
        if attempt.capturedAmount > attempt.authorizedAmount:
            what = f"{attempt.capturedAmount} of {attempt.authorizedAmount}"
            yield Rule.TOO_MUCH, f"{attempt.paymentRequestId}: {what}"
    total = sum(entry.amount for entry in file.captured)
    if total > file.case.plan.value:
        yield Rule.TOO_MUCH, f"{total} of an order over {file.case.plan.value}"


def _once(file: _File) -> Iterator[Finding]:
    for request_id, times in Counter(entry.captureRequestId for entry in file.captured).items():
        if times > 1:
            yield Rule.TWICE, f"{request_id} {times} times"
    surplus = Counter(entry.amount for entry in file.captured) - Counter(file.case.plan.parts)
    if surplus:
        yield Rule.TWICE, f"{sorted(surplus.elements())} beyond the {list(file.case.plan.parts)} asked for"


def _there(file: _File) -> Iterator[Finding]:
    if file.case.payment is not None:
        return
    if file.case.is_acknowledged:
        yield Rule.LOST, "it was acknowledged, and there is no such payment"
    elif file.order is not None:
        yield Rule.LOST, "the gateway has it, and there is no such payment"


def _ended(file: _File) -> Iterator[Finding]:
    payment = file.case.payment
    if payment is None or not payment.status.is_final:
        return
    for attempt in file.attempts:
        if attempt.heldAmount:
            what = f"{attempt.heldAmount} held by {attempt.paymentRequestId}"
            yield Rule.HOLD_LEFT, f"{payment.status}, and {what}"
        if attempt.is_open:
            yield Rule.PAYABLE, f"{payment.status}, and {attempt.paymentRequestId} is {attempt.status}"
    if file.case.is_running and payment.review is None:
        yield Rule.RUNS_ON, f"{payment.status}"


def _agreed(file: _File) -> Iterator[Finding]:
    payment = file.case.payment
    if payment is None or not payment.status.is_final:
        return
    ours = payment.capturedAmount.minor_units if payment.capturedAmount else 0
    theirs = file.order.capturedAmount if file.order is not None else 0
    is_captured = payment.status is PaymentStatus.CAPTURED
    if ours != theirs or is_captured is not (theirs > 0):
        yield Rule.DISAGREES, f"{payment.status} with {ours} captured, the ledger has {theirs}"


def _open(file: _File) -> Iterator[Finding]:
    payment = file.case.payment
    if payment is None or payment.status.is_final:
        return
    if not file.case.is_running:
        yield Rule.STOPPED, f"as {payment.status}"
    elif why := no_reason(payment, file.attempts, file.case.plan.retry_window, file.at):
        yield Rule.NO_REASON, why


_CHECKS: Sequence[Callable[[_File], Iterator[Finding]]] = (
    _lives,
    _amounts,
    _once,
    _there,
    _ended,
    _agreed,
    _open,
)
