"""What evidence is worth before anybody has settled it: the words in which the model answers."""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from holdfast.payment import CaptureStatus
from holdfast.status import PaymentStatus as S


class Life(StrEnum):
    """What an attempt does with the buyer's money."""

    UNKNOWN = "unknown"
    HELD = "held"
    DEAD = "dead"
    FOUND = "found held after it was declared dead"


class Kind(StrEnum):
    """Whether evidence may be believed."""

    NEWS = "news"
    """It decides what nobody knew."""
    NOTHING = "nothing new"
    """It decides nothing, or repeats what is known."""
    EARLY = "early"
    """It fits, and cannot be counted yet."""
    CORRECTION = "correction"
    """It contradicts what is known, and is believed all the same: a person has to look."""
    CONTRADICTION = "contradiction"
    """It contradicts what is known."""
    MISFIT = "misfit"
    """It is about something else: another id, amount or currency."""

    @property
    def is_illegal(self) -> bool:
        """Whether nothing of it may be applied."""
        return self in {Kind.CONTRADICTION, Kind.MISFIT}

    @property
    def leaves_a_line(self) -> bool:
        """Whether the audit trail has to tell of it even if it moves nothing."""
        return self.is_illegal or self is Kind.EARLY


@dataclass(frozen=True)
class Judgement:
    """What may come of evidence. Where the rules leave freedom, a set has several members.

    Only the attempt or the capture that is named here may change.
    """

    kind: Kind
    statuses: Set[S]
    why: str = ""
    attempt: str | None = None
    lives: Set[Life] = frozenset()
    capture: str | None = None
    takes: Set[CaptureStatus] = frozenset()
    buyer_is_done: bool = False
    needs_review: bool = False
    asks: bool | None = False
    """Whether the gateway has to be asked; None where the rules do not say."""


@dataclass
class Try:
    """One attempt, and the gateway's id of it once that is known."""

    gateway_id: str | None = None
    life: Life = Life.UNKNOWN
    buyer_is_done: bool = False


@dataclass
class Take:
    """One capture, in minor units."""

    value: int
    is_last: bool = True
    status: CaptureStatus = CaptureStatus.PROCESSING
