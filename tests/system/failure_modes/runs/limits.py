"""Known limits: violations that no client of the gateway can avoid. The page lists them."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.system.failure_modes.cases.cells import Cell
from tests.system.failure_modes.runs.observations import Observation
from tools.chaos.checks.run_record import Rule


@dataclass(frozen=True)
class Limit:
    """A situation, the reason for it, and the rules that it breaks."""

    situation: str
    why: str
    rules: frozenset[Rule]
    is_of: Callable[[Cell], bool]


def _is_reversed(cell: Cell) -> bool:
    return any(kind.fault == "taken_back" for kind in cell.kinds)


def _is_denied_again(cell: Cell) -> bool:
    at = (cell.flow.name, cell.point.on) if cell.point else None
    return at == ("pay-denied", "cancel") and cell.kinds[0].code == "ORDER_NOT_EXIST"


LIMITS = (
    Limit(
        "The gateway reverses a capture after the payment has ended (`taken_back`).",
        "A payment whose capture was confirmed makes no further inquiry. The gateway's notification of the "
        "reversal "
        "is kept as a `LateNotification`, where an operator sees it.",
        frozenset({Rule.HOLD_LEFT, Rule.DISAGREES}),
        _is_reversed,
    ),
    Limit(
        "The gateway denies a payment that it holds, in three inquiries and once more in its response to "
        "the cancel "
        "(ORDER_NOT_EXIST).",
        "Four signed responses over half a minute say that there is no such payment, and no notification "
        "contradicts them: the buyer may try again. After a notification before the end Holdfast would "
        "release the "
        "authorization.",
        frozenset({Rule.TWO_LIVE, Rule.HOLD_LEFT}),
        _is_denied_again,
    ),
)


def unexpected_violations(seen: Observation) -> list[str]:
    """Returns the violations of a payment that are not known limits."""
    known = {rule for limit in LIMITS if limit.is_of(seen.cell) for rule in limit.rules}
    return [str(violation) for violation in seen.violations if violation.rule not in known]
