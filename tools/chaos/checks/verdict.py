"""What a run can do wrong, and the material it is judged by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from holdfast import Payment
from tools.chaos.faults.attacks import Blow
from tools.chaos.ledger import Ledger, Notice
from tools.chaos.merchant import Call
from tools.chaos.plan import Plan


class Rule(StrEnum):
    """What must never happen."""

    TWO_LIVE = "two live authorizations"
    TOO_MUCH = "captured more than authorized"
    TWICE = "captured twice"
    HOLD_LEFT = "hold left behind"
    PAYABLE = "ended, and can still be paid"
    DISAGREES = "ended, and the ledger disagrees"
    RUNS_ON = "ended, and its workflow runs on"
    STOPPED = "its workflow stopped"
    NO_REASON = "open without a reason"
    RESTLESS = "not at rest"
    UNCAPTURED = "wanted, paid for, and not captured"
    FORGOTTEN = "a capture was forgotten"
    LOST = "lost"
    NEVER_BEGUN = "never begun"
    LIE_TAKEN = "a lie was taken"
    LIE_UNRECORDED = "a lie left no trace"
    TRUTH_REFUSED = "a genuine notification was refused"
    WAITED = "waited for ever"
    BROKE = "a call broke"


@dataclass(frozen=True)
class Violation:
    """One rule broken by one payment."""

    rule: Rule
    reference: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reference}: {self.rule}: {self.detail}"


@dataclass(frozen=True)
class Case:
    """One payment at the end. `is_acknowledged`: some caller was given it; `at`: when that was, by its own
    clock.
    """

    plan: Plan
    payment: Payment | None
    is_running: bool
    is_acknowledged: bool
    at: datetime


@dataclass(frozen=True)
class Material:
    """Everything that is known at the end. `restless`: payments that were not at rest when time was up."""

    cases: Sequence[Case]
    ledger: Ledger
    calls: Sequence[Call]
    blows: Sequence[Blow]
    notices: Sequence[Notice]
    restless: Collection[str] = ()
