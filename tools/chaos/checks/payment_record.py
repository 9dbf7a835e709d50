"""One payment, and everything that the ledger and its merchant's calls say about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from holdfast import Payment
from holdfast.attempt_status import AttemptStatus
from tools.chaos.checks.verdict import Case, Material, Rule
from tools.chaos.ledger import Attempt, Entry, Notice, Order
from tools.chaos.merchant import Call
from tools.chaos.plan import Plan

Finding = tuple[Rule, str]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Dossier:
    """What is known of one payment at the end. `restless`: its merchant still waited for something."""

    case: Case
    order: Order | None
    attempts: Sequence[Attempt]
    entries: Sequence[Entry]
    notices: Sequence[Notice]
    calls: Sequence[Call]
    restless: bool

    @property
    def plan(self) -> Plan:
        """What the payment was to live through."""
        return self.case.plan

    @property
    def payment(self) -> Payment | None:
        """What Holdfast says."""
        return self.case.payment

    @property
    def captured(self) -> Sequence[Entry]:
        """The captures that took money, also those that were taken back."""
        return [entry for entry in self.entries if entry.kind == "CAPTURED"]

    def row(self, request_id: str) -> Attempt | None:
        """The ledger's line of one attempt; None where the gateway never heard of it."""
        return next((each for each in self.attempts if each.paymentRequestId == request_id), None)

    def is_being_released(self, request_id: str) -> bool:
        """Whether the payment says itself that this dead attempt holds money, and lets it go."""
        payment = self.payment
        if payment is None or not self.case.is_running:
            return False
        known = any(
            each.paymentRequestId == request_id and each.status is AttemptStatus.AUTHORIZED_AFTER_CLOSE
            for each in payment.attempts
        )
        return known and any(request_id in (event.detail or "") for event in payment.events)


def dossiers(material: Material) -> Iterator[Dossier]:
    """One for each payment of the run."""
    attempts = _by_name((row.orderId, row) for row in material.ledger.payments.values())
    entries = _by_name((entry.referenceOrderId, entry) for entry in material.ledger.events)
    notices = _by_name((note.paymentRequestId.rpartition("-")[0], note) for note in material.notices)
    calls = _by_name((call.reference, call) for call in material.calls)
    for case in material.cases:
        name = case.plan.reference
        yield Dossier(
            case=case,
            order=material.ledger.orders.get(name),
            attempts=attempts.get(name, []),
            entries=entries.get(name, []),
            notices=notices.get(name, []),
            calls=calls.get(name, []),
            restless=name in material.restless,
        )


def _by_name(rows: Iterator[tuple[str, _T]]) -> Mapping[str, list[_T]]:
    found: dict[str, list[_T]] = {}
    for name, row in rows:
        found.setdefault(name, []).append(row)
    return found
