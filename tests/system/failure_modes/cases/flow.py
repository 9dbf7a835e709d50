"""A flow of the table: what buyer, merchant and gateway do in it, and where faults are injected."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.support.world import VISA
from tools.chaos.faults.gateway_faults import GatewayFault

WHOLE_AMOUNT = 30_000
FIRST_PART = 10_000


class Notifications(StrEnum):
    """When the gateway's notifications arrive."""

    NEVER = "never"
    OVERTAKING = "before the response, or before its loss"
    EARLY = "well before the response, which arrives"


class Buyer(StrEnum):
    """What the buyer does on the gateway's page."""

    PAYS = "pays"
    RETURNS = "pays and returns to the shop, which inquires"
    FAILS = "fails the first time"
    LEAVES = "leaves"


class Merchant(StrEnum):
    """What the merchant does with money that is held (`captureMode` MANUAL)."""

    CAPTURES = "captures"
    CANCELS = "cancels"
    LEAVES = "does nothing"


@dataclass(frozen=True)
class Point:
    """One call or notification of a flow: the `nth` of its kind, after `after` gateway calls of any kind."""

    on: str
    nth: int
    after: int
    place: str = ""
    count: int = 1
    """The number of calls at the same place, of which this is the first."""
    lasting: bool = False
    """Whether faults that do not end are injected too."""
    pairs: bool = False
    """Whether two consecutive faults are injected too."""


@dataclass(frozen=True)
class Flow:
    """One course of a payment. `calls` are the gateway calls that it makes without a further fault.

    `initial_faults` are the faults with which the flow begins. A call that another flow makes in the same
    situation has its table there: `elsewhere` names that flow.
    """

    name: str
    title: str
    story: str
    calls: tuple[str, ...]
    points: tuple[Point, ...]
    elsewhere: Mapping[tuple[str, int], str] = field(default_factory=dict)
    notifications: Notifications = Notifications.NEVER
    initial_faults: tuple[GatewayFault, ...] = ()
    card: str | None = VISA
    fields: Mapping[str, object] = field(default_factory=dict)
    is_three_ds: bool = False
    buyer: Buyer = Buyer.PAYS
    retries: bool = False
    former_attempt_succeeds: bool = False
    merchant: Merchant = Merchant.CAPTURES
    parts: tuple[int, ...] = (WHOLE_AMOUNT,)

    @property
    def is_automatic(self) -> bool:
        """Whether the gateway captures by itself."""
        return self.fields.get("captureMode") == "AUTOMATIC"
