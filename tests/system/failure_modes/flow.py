"""What a flow of the table is: what everybody does in it, and the calls and notifications that go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.support.world import VISA
from tools.chaos.faults.gateway_faults import GatewayFault

WHOLE = 30_000
PART = 10_000


class Told(StrEnum):
    """When the gateway's notifications arrive."""

    NEVER = "never"
    FIRST = "before whatever becomes of the answer"
    SOONER = "well before the answer, which comes"


class Buyer(StrEnum):
    """What the buyer does on the gateway's page."""

    PAYS = "pays"
    RETURNS = "pays and comes back to the shop, which asks"
    FAILS = "fails the first time"
    LEAVES = "leaves"


class Merchant(StrEnum):
    """What the merchant does with money that is held (`captureMode` MANUAL)."""

    CAPTURES = "captures"
    CANCELS = "cancels"
    LEAVES = "leaves it"


@dataclass(frozen=True)
class Point:
    """One call or notification of a flow: the nth of its kind, after so many gateway calls of any kind."""

    on: str
    nth: int
    after: int
    place: str = ""
    of: int = 1
    """It is the first of so many calls at the same place."""
    lasting: bool = False
    """Also with faults that do not end."""
    pairs: bool = False
    """Also with two faults in a row."""


@dataclass(frozen=True)
class Flow:
    """One life of a payment. `calls`: the gateway calls it makes when nothing else goes wrong.

    `before` is what has gone wrong already where a call is only made because something has. A call that
    another flow makes in the same situation is enumerated there: `elsewhere` says where.
    """

    name: str
    title: str
    story: str
    calls: tuple[str, ...]
    points: tuple[Point, ...]
    elsewhere: Mapping[tuple[str, int], str] = field(default_factory=dict)
    told: Told = Told.NEVER
    before: tuple[GatewayFault, ...] = ()
    card: str | None = VISA
    fields: Mapping[str, object] = field(default_factory=dict)
    is_three_ds: bool = False
    buyer: Buyer = Buyer.PAYS
    tries_again: bool = False
    former_attempt_succeeds: bool = False
    merchant: Merchant = Merchant.CAPTURES
    parts: tuple[int, ...] = (WHOLE,)

    @property
    def is_automatic(self) -> bool:
        """Whether the gateway captures by itself."""
        return self.fields.get("captureMode") == "AUTOMATIC"
