"""The judge: what happened to money, by the gateway's ledger, against what Holdfast says of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from tools.chaos.checks.capture_checks import forgotten, uncaptured
from tools.chaos.checks.final_state_checks import disagreements, left_behind
from tools.chaos.checks.open_reasons import no_reason
from tools.chaos.checks.payment_record import Dossier, Finding, dossiers
from tools.chaos.checks.response_checks import broken_calls, taken_lies
from tools.chaos.checks.verdict import Material, Rule, Violation


def judged(material: Material) -> list[Violation]:
    """Every rule that was broken, payment by payment; empty when nothing was lost."""
    found = [
        Violation(rule, dossier.plan.reference, detail)
        for dossier in dossiers(material)
        for check in _CHECKS
        for rule, detail in check(dossier)
    ]
    return [*found, *broken_calls(material.calls), *taken_lies(material)]


def _lives(dossier: Dossier) -> Iterator[Finding]:
    order = dossier.order
    if order is not None and order.maxLiveAuthorizations > 1:
        yield Rule.TWO_LIVE, f"{order.maxLiveAuthorizations} at one time"


def _amounts(dossier: Dossier) -> Iterator[Finding]:
    for attempt in dossier.attempts:
        if attempt.capturedAmount > attempt.authorizedAmount:
            what = f"{attempt.capturedAmount} of {attempt.authorizedAmount}"
            yield Rule.TOO_MUCH, f"{attempt.paymentRequestId}: {what}"
    total = sum(entry.amount for entry in dossier.captured)
    if total > dossier.plan.value:
        yield Rule.TOO_MUCH, f"{total} of an order over {dossier.plan.value}"


def _once(dossier: Dossier) -> Iterator[Finding]:
    captured, parts = dossier.captured, dossier.plan.parts
    for request_id, times in Counter(entry.captureRequestId for entry in captured).items():
        if times > 1:
            yield Rule.TWICE, f"{request_id} {times} times"
    surplus = Counter(entry.amount for entry in captured) - Counter(parts)
    if surplus:
        yield Rule.TWICE, f"{sorted(surplus.elements())} beyond the {list(parts)} asked for"


def _there(dossier: Dossier) -> Iterator[Finding]:
    """In the end somebody gets through to whoever does not give up: no payment is none for ever."""
    if dossier.payment is not None:
        return
    if dossier.case.is_acknowledged:
        yield Rule.LOST, "it was acknowledged, and there is no such payment"
    elif dossier.order is not None:
        yield Rule.LOST, "the gateway has it, and there is no such payment"
    else:
        errors = Counter(call.error for call in dossier.calls)
        yield Rule.NEVER_BEGUN, f"{len(dossier.calls)} calls, most of them {errors.most_common(1)}"


def _open(dossier: Dossier) -> Iterator[Finding]:
    payment = dossier.payment
    if payment is None or payment.status.is_final:
        return
    if not dossier.case.is_running:
        yield Rule.STOPPED, f"as {payment.status}"
    elif why := no_reason(payment, dossier.attempts, dossier.plan, dossier.case.at):
        yield Rule.NO_REASON, why


def _restless(dossier: Dossier) -> Iterator[Finding]:
    payment = dossier.payment
    if payment is None or not dossier.restless:
        return
    last = payment.events[-1] if payment.events else None
    doing = f"{last.event or last.detail} at {last.at:%H:%M:%S}" if last else "nothing has happened yet"
    runs = "its workflow runs" if dossier.case.is_running else "its workflow is over"
    yield Rule.RESTLESS, f"{payment.status}, {runs}, the last event: {doing}"


_CHECKS: Sequence[Callable[[Dossier], Iterator[Finding]]] = (
    _lives,
    _amounts,
    _once,
    _there,
    left_behind,
    disagreements,
    forgotten,
    uncaptured,
    _open,
    _restless,
)
