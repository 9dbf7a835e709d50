"""One payment with everything that the ledger and the merchant's calls show of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from holdfast import Payment
from holdfast.statuses.attempt_status import AttemptStatus
from tools.chaos.checks.run_record import FinalPayment, Rule, RunRecord
from tools.chaos.merchant import Call
from tools.chaos.plan import Plan
from tools.local_stack.ledger import Attempt, Entry, Order, SentNotification, reference_of

Finding = tuple[Rule, str]
_T = TypeVar("_T")


@dataclass(frozen=True)
class PaymentRecord:
    """What is known of one payment at the end. `is_unsettled`: its merchant still waited for a result."""

    final: FinalPayment
    order: Order | None
    attempts: Sequence[Attempt]
    entries: Sequence[Entry]
    notifications: Sequence[SentNotification]
    calls: Sequence[Call]
    is_unsettled: bool

    @property
    def plan(self) -> Plan:
        """The plan that the payment followed."""
        return self.final.plan

    @property
    def payment(self) -> Payment | None:
        """The payment as Holdfast reports it."""
        return self.final.payment

    @property
    def captured(self) -> Sequence[Entry]:
        """The captures that took money, including those that were reversed later."""
        return [entry for entry in self.entries if entry.kind == "CAPTURED"]

    def attempt(self, request_id: str) -> Attempt | None:
        """Returns one attempt of the ledger; None when the gateway never received it."""
        return next((each for each in self.attempts if each.paymentRequestId == request_id), None)

    def is_being_released(self, request_id: str) -> bool:
        """Whether the payment itself reports that this closed attempt holds money, and releases it."""
        payment = self.payment
        if payment is None or not self.final.is_running:
            return False
        known = any(
            each.paymentRequestId == request_id and each.status is AttemptStatus.AUTHORIZED_AFTER_CLOSE
            for each in payment.attempts
        )
        return known and any(request_id in (event.detail or "") for event in payment.events)


def payment_records(record: RunRecord) -> Iterator[PaymentRecord]:
    """Yields one record for each payment of the run."""
    attempts = _by_name((each.orderId, each) for each in record.ledger.payments.values())
    entries = _by_name((entry.referenceOrderId, entry) for entry in record.ledger.events)
    notifications = _by_name((reference_of(each.paymentRequestId), each) for each in record.notifications)
    calls = _by_name((call.reference, call) for call in record.calls)
    for final in record.payments:
        name = final.plan.reference
        yield PaymentRecord(
            final=final,
            order=record.ledger.orders.get(name),
            attempts=attempts.get(name, []),
            entries=entries.get(name, []),
            notifications=notifications.get(name, []),
            calls=calls.get(name, []),
            is_unsettled=name in record.unsettled,
        )


def _by_name(items: Iterator[tuple[str, _T]]) -> Mapping[str, list[_T]]:
    found: dict[str, list[_T]] = {}
    for name, item in items:
        found.setdefault(name, []).append(item)
    return found
