"""Compares the gateway's ledger with what Holdfast reports, and runs all checks."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from holdfast.antom.codes import Advice, advice
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import ResultStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import CARD_NOT_FOUND
from tools.chaos.checks.capture_checks import lost_captures, missing_captures
from tools.chaos.checks.final_state_checks import ledger_discrepancies, open_authorizations
from tools.chaos.checks.open_reasons import missing_reason
from tools.chaos.checks.payment_record import Finding, PaymentRecord, payment_records
from tools.chaos.checks.response_checks import call_violations, notification_violations
from tools.chaos.checks.run_record import Rule, RunRecord, Violation


def find_violations(run: RunRecord) -> list[Violation]:
    """Returns every rule that was broken, payment by payment; an empty list when none was."""
    found = [
        Violation(rule, record.plan.reference, detail)
        for record in payment_records(run)
        for check in _CHECKS
        for rule, detail in check(record)
    ]
    return [*found, *call_violations(run.calls), *notification_violations(run)]


def _live_authorizations(record: PaymentRecord) -> Iterator[Finding]:
    order = record.order
    if order is not None and order.maxLiveAuthorizations > 1:
        yield Rule.TWO_LIVE, f"{order.maxLiveAuthorizations} at one time"


def _amounts(record: PaymentRecord) -> Iterator[Finding]:
    for attempt in record.attempts:
        if attempt.capturedAmount > attempt.authorizedAmount:
            what = f"{attempt.capturedAmount} of {attempt.authorizedAmount}"
            yield Rule.OVERCAPTURED, f"{attempt.paymentRequestId}: {what}"
    total = sum(entry.amount for entry in record.captured)
    if total > record.plan.value:
        yield Rule.OVERCAPTURED, f"{total} of an order over {record.plan.value}"


def _captured_once(record: PaymentRecord) -> Iterator[Finding]:
    captured, parts = record.captured, record.plan.parts
    for request_id, times in Counter(entry.captureRequestId for entry in captured).items():
        if times > 1:
            yield Rule.CAPTURED_TWICE, f"{request_id} {times} times"
    surplus = Counter(entry.amount for entry in captured) - Counter(parts)
    if surplus:
        yield Rule.CAPTURED_TWICE, f"{sorted(surplus.elements())} beyond the {list(parts)} requested"


def _exists(record: PaymentRecord) -> Iterator[Finding]:
    """A merchant who keeps calling gets through: every payment exists at the end."""
    if record.payment is not None:
        return
    if record.final.is_acknowledged:
        yield Rule.LOST, "it was acknowledged, and there is no such payment"
    elif record.order is not None:
        yield Rule.LOST, "the gateway has it, and there is no such payment"
    else:
        errors = Counter(call.error for call in record.calls)
        yield Rule.NOT_STARTED, f"{len(record.calls)} calls, most of them {errors.most_common(1)}"


def _open_reason(record: PaymentRecord) -> Iterator[Finding]:
    payment = record.payment
    if payment is None or payment.status.is_final:
        return
    if not record.final.is_running:
        yield Rule.STOPPED, f"as {payment.status}"
    elif why := missing_reason(payment, record.attempts, record.plan, record.final.at):
        yield Rule.NO_REASON, why


def _unsettled(record: PaymentRecord) -> Iterator[Finding]:
    payment = record.payment
    if payment is None or not record.is_unsettled:
        return
    last = payment.events[-1] if payment.events else None
    event = f"{last.event or last.detail} at {last.at:%H:%M:%S}" if last else "none"
    runs = "its workflow runs" if record.final.is_running else "its workflow is over"
    yield Rule.UNSETTLED, f"{payment.status}, {runs}, the last event: {event}"


def _reviewed(record: PaymentRecord) -> Iterator[Finding]:
    """A payment that failed with a code that a person must look at has a review."""
    payment = record.payment
    if payment is None or payment.status is not S.FAILED or payment.review is not None:
        return
    code = payment.attempt.resultCode
    if code in (None, CARD_NOT_FOUND) or advice(Operation.PAY, code, ResultStatus.F) is not Advice.STOP:
        return
    yield Rule.NOT_REVIEWED, f"{payment.attempt.paymentRequestId}: {code}"


def _expiry(record: PaymentRecord) -> Iterator[Finding]:
    """A payment that knows the expiry of its authorization has acted before it."""
    payment = record.payment
    if payment is None or payment.status is not S.AUTHORIZED or not record.plan.is_manual:
        return
    expires = payment.authExpiryTime
    if expires is not None and expires < record.final.at and payment.review is None:
        yield Rule.EXPIRY_MISSED, f"at {expires:%H:%M:%S}, and {payment.status} without a review"


_CHECKS: Sequence[Callable[[PaymentRecord], Iterator[Finding]]] = (
    _live_authorizations,
    _amounts,
    _captured_once,
    _exists,
    open_authorizations,
    ledger_discrepancies,
    lost_captures,
    missing_captures,
    _open_reason,
    _unsettled,
    _reviewed,
    _expiry,
)
