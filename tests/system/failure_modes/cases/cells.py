"""The cells of the table: one payment for each flow, point and kind of fault."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from tests.system.failure_modes.cases.fault_kinds import (
    all_kinds_of,
    lasting_kinds_of,
    loses_response,
    one_kind_per_fault_of,
)
from tests.system.failure_modes.cases.flow import Flow, Point
from tests.system.failure_modes.cases.flows import FLOWS
from tools.chaos.faults.gateway_faults import GatewayFault


class FaultPattern(StrEnum):
    """How many faults are injected into the payment of a cell."""

    NONE = "no fault"
    ONCE = "one fault"
    TWICE = "two consecutive faults"
    LASTING = "a lasting fault"


@dataclass(frozen=True)
class Cell:
    """One payment of the run. `point` is None for the payment without a fault."""

    flow: Flow
    pattern: FaultPattern
    point: Point | None = None
    kinds: tuple[GatewayFault, ...] = ()

    @property
    def faults(self) -> tuple[GatewayFault, ...]:
        """The faults for the simulator, which apply at the point and at no call before it."""
        if self.point is None:
            return ()
        times, skip = -1 if self.pattern is FaultPattern.LASTING else 1, self.point.nth - 1
        return tuple(replace(kind, times=times, skip=skip) for kind in self.kinds)


def cells_of(flow: Flow) -> Iterator[Cell]:
    """Returns all cells of one flow, the payment without a fault first."""
    yield Cell(flow, FaultPattern.NONE)
    for point in flow.points:
        if point.on != "any":
            yield from (Cell(flow, FaultPattern.ONCE, point, (kind,)) for kind in _single_faults(flow, point))
        if point.lasting:
            yield from (
                Cell(flow, FaultPattern.LASTING, point, (kind,)) for kind in lasting_kinds_of(point.on)
            )
        if point.pairs:
            yield from (Cell(flow, FaultPattern.TWICE, point, pair) for pair in pairs_of(point.on))


def _single_faults(flow: Flow, point: Point) -> tuple[GatewayFault, ...]:
    return one_kind_per_fault_of(point.on) if flow.initial_faults else all_kinds_of(point.on)


def pairs_of(on: str) -> Iterator[tuple[GatewayFault, GatewayFault]]:
    """Returns pairs of consecutive faults; the first one makes Holdfast repeat the call."""
    for first in one_kind_per_fault_of(on):
        if loses_response(first):
            yield from ((first, second) for second in one_kind_per_fault_of(on))


def every_cell() -> list[Cell]:
    """Returns the cells of all flows."""
    return [cell for flow in FLOWS for cell in cells_of(flow)]
