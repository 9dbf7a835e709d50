"""The cells of the table: one payment for each flow, point and kind of fault."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from tests.system.failure_modes.flow import Flow, Point
from tests.system.failure_modes.flows import FLOWS
from tests.system.failure_modes.kinds import faults_of, is_lost, kinds_of, lasting_of
from tools.chaos.faults.gateway_faults import GatewayFault


class Course(StrEnum):
    """How the faults of a cell come."""

    NONE = "undisturbed"
    ONCE = "once"
    TWICE = "two in a row"
    LASTING = "for as long as it lasts"


@dataclass(frozen=True)
class Cell:
    """One payment of the run. `point` is None for the undisturbed one."""

    flow: Flow
    course: Course
    point: Point | None = None
    kinds: tuple[GatewayFault, ...] = ()

    @property
    def faults(self) -> tuple[GatewayFault, ...]:
        """What is ordered of the gateway, to strike at the point and nowhere before it."""
        if self.point is None:
            return ()
        times, skip = -1 if self.course is Course.LASTING else 1, self.point.nth - 1
        return tuple(replace(kind, times=times, skip=skip) for kind in self.kinds)


def cells_of(flow: Flow) -> Iterator[Cell]:
    """All cells of one flow, the undisturbed payment first."""
    yield Cell(flow, Course.NONE)
    for point in flow.points:
        if point.on != "any":
            yield from (Cell(flow, Course.ONCE, point, (kind,)) for kind in _once(flow, point))
        if point.lasting:
            yield from (Cell(flow, Course.LASTING, point, (kind,)) for kind in lasting_of(point.on))
        if point.pairs:
            yield from (Cell(flow, Course.TWICE, point, pair) for pair in pairs_of(point.on))


def _once(flow: Flow, point: Point) -> tuple[GatewayFault, ...]:
    return faults_of(point.on) if flow.before else kinds_of(point.on)


def pairs_of(on: str) -> Iterator[tuple[GatewayFault, GatewayFault]]:
    """Two faults in a row, wherever the first one makes Holdfast call again."""
    for first in faults_of(on):
        if is_lost(first):
            yield from ((first, second) for second in faults_of(on))


def every_cell() -> list[Cell]:
    """The whole table."""
    return [cell for flow in FLOWS for cell in cells_of(flow)]
