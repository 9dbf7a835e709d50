"""What the ledger holds against a payment although nobody could know better: told on the page, not hidden."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.system.failure_modes.cells import Cell
from tests.system.failure_modes.observations import Observation
from tools.chaos.checks.run_record import Rule


@dataclass(frozen=True)
class Limit:
    """A situation, why it is one, and the rules of the judge that it breaks."""

    situation: str
    why: str
    rules: frozenset[Rule]
    is_of: Callable[[Cell], bool]


def _is_undone(cell: Cell) -> bool:
    return any(kind.fault == "taken_back" for kind in cell.kinds)


def _is_denied_again(cell: Cell) -> bool:
    at = (cell.flow.name, cell.point.on) if cell.point else None
    return at == ("pay-denied", "cancel") and cell.kinds[0].code == "ORDER_NOT_EXIST"


LIMITS = (
    Limit(
        "The gateway undoes a capture after the payment has ended (`taken_back`).",
        "A payment whose capture was confirmed asks no more. The gateway's notification of it is kept as a "
        "`LateNotification`, where a person sees it.",
        frozenset({Rule.HOLD_LEFT, Rule.DISAGREES}),
        _is_undone,
    ),
    Limit(
        "The gateway denies a payment that it holds, three times by inquiry and once more when it is told to "
        "cancel it (ORDER_NOT_EXIST).",
        "Four signed answers over half a minute say that nothing is there, and no notification says "
        "otherwise: the buyer may try again. A notification before the end would have the hold let go.",
        frozenset({Rule.TWO_LIVE, Rule.HOLD_LEFT}),
        _is_denied_again,
    ),
)


def held_against(seen: Observation) -> list[str]:
    """What the ledger holds against a payment and nothing excuses."""
    excused = {rule for limit in LIMITS if limit.is_of(seen.cell) for rule in limit.rules}
    return [str(violation) for violation in seen.violations if violation.rule not in excused]
