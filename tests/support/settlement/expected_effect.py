"""The effect that evidence may have on a payment, in the terms in which the model predicts it."""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from holdfast.payment import CaptureStatus
from holdfast.statuses.payment_status import PaymentStatus as S


class HoldState(StrEnum):
    """Whether an attempt holds the buyer's money."""

    UNKNOWN = "unknown"
    HELD = "held"
    NOT_HELD = "not held"
    HELD_AFTER_CLOSE = "held after the attempt was closed"


class EvidenceKind(StrEnum):
    """How evidence relates to what is known."""

    NEW = "new"
    """It decides what was undecided."""
    NOTHING_NEW = "nothing new"
    """It decides nothing, or repeats what is known."""
    EARLY = "early"
    """It matches, and cannot be counted yet."""
    CORRECTION = "correction"
    """It contradicts what is known, and is applied with a review."""
    CONTRADICTION = "contradiction"
    """It contradicts what is known, and is not applied."""
    MISMATCH = "mismatch"
    """It is about something else: another id, amount or currency."""

    @property
    def is_rejected(self) -> bool:
        """Whether nothing of it may be applied."""
        return self in {EvidenceKind.CONTRADICTION, EvidenceKind.MISMATCH}

    @property
    def is_always_recorded(self) -> bool:
        """Whether the audit trail must record it even if it changes nothing."""
        return self.is_rejected or self is EvidenceKind.EARLY


@dataclass(frozen=True)
class ExpectedEffect:
    """The effect that a claim may have. Where the rules leave freedom, a set has several members.

    Only the attempt or the capture that is named here may change.
    """

    kind: EvidenceKind
    statuses: Set[S]
    reason: str = ""
    attempt: str | None = None
    hold_states: Set[HoldState] = frozenset()
    capture: str | None = None
    capture_statuses: Set[CaptureStatus] = frozenset()
    buyer_has_finished: bool = False
    needs_review: bool = False
    needs_inquiry: bool | None = False
    """Whether an inquiry must follow; None where the rules do not say."""


@dataclass
class ModelAttempt:
    """One attempt of the model, with the gateway's payment id once that is known."""

    gateway_id: str | None = None
    hold_state: HoldState = HoldState.UNKNOWN
    buyer_has_finished: bool = False


@dataclass
class ModelCapture:
    """One capture of the model; the value is in minor units."""

    value: int
    is_last: bool = True
    status: CaptureStatus = CaptureStatus.PROCESSING
