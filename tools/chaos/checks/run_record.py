"""The rules of a run, and everything that is known at its end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from holdfast import Payment
from tools.chaos.faults.attacks import AttackResult
from tools.chaos.merchant import Call
from tools.chaos.plan import Plan
from tools.local_stack.ledger import Ledger, SentNotification


class Rule(StrEnum):
    """What must never happen."""

    TWO_LIVE = "two live authorizations"
    OVERCAPTURED = "captured more than authorized"
    CAPTURED_TWICE = "captured twice"
    HOLD_LEFT = "an authorization was left behind"
    PAYABLE = "ended, and can still be paid"
    DISAGREES = "ended, and the ledger disagrees"
    STILL_RUNNING = "ended, and its workflow still runs"
    STOPPED = "its workflow stopped"
    NO_REASON = "open without a reason"
    UNSETTLED = "not settled"
    UNCAPTURED = "to be captured, paid for, and not captured"
    CAPTURE_LOST = "a capture was lost"
    LOST = "lost"
    NOT_STARTED = "not started"
    FORGERY_ACCEPTED = "a forged notification was accepted"
    FALSE_UNRECORDED = "a false notification was not recorded"
    GENUINE_REFUSED = "a genuine notification was refused"
    REPLAY_STORED = "a repeated notification was stored again"
    NOT_REVIEWED = "a failure that a person must look at has no review"
    EXPIRY_MISSED = "a known expiry was not acted upon"
    CALL_HUNG = "a call hung"
    CALL_FAILED = "a call failed with an undocumented error"


@dataclass(frozen=True)
class Violation:
    """One rule broken by one payment."""

    rule: Rule
    reference: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reference}: {self.rule}: {self.detail}"


@dataclass(frozen=True)
class FinalPayment:
    """One payment at the end of the run, read at `at`. `is_acknowledged`: a caller has received it."""

    plan: Plan
    payment: Payment | None
    is_running: bool
    is_acknowledged: bool
    at: datetime


@dataclass(frozen=True)
class RunRecord:
    """Everything that is known at the end. `unsettled`: payments that were not settled in time."""

    payments: Sequence[FinalPayment]
    ledger: Ledger
    calls: Sequence[Call]
    attacks: Sequence[AttackResult]
    notifications: Sequence[SentNotification]
    unsettled: Collection[str] = ()
