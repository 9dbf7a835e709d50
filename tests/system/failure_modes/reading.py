"""What docs/failure-modes.md says of a cell, and which cells stand for all others of their row."""

from collections.abc import Iterator

from tests.system.failure_modes.cells import Cell, Course, cells_of
from tests.system.failure_modes.flow import Flow, Point
from tests.system.failure_modes.kinds import is_lost
from tests.system.failure_modes.limits import LIMITS
from tests.system.failure_modes.page import LOST, Row, caption, name_of
from tests.system.failure_modes.words import Outcome
from tools.chaos.faults.gateway_faults import GatewayFault


def section_of(page: str, flow: Flow) -> str:
    """The section of a flow, without its title; empty where there is none."""
    return page.partition(f"\n## {flow.title}\n")[2].partition("\n## ")[0]


def rows_of(page: str, flow: Flow, point: Point, course: Course) -> list[Row]:
    """The rows of one table; none where it is not on the page."""
    table = section_of(page, flow).partition(f"\n**{caption(point, course)}**\n")[2].partition("\n**")[0]
    lines = (line for line in table.splitlines() if line.startswith("| "))
    return [tuple(line.strip("| ").split(" | ")) for line in lines][1:]


def rows_about(page: str, cell: Cell) -> list[Row]:
    """The rows that a cell belongs to: one, on a page that is in order."""
    assert cell.point is not None
    rows = rows_of(page, cell.flow, cell.point, cell.course)
    return [row for row in rows if all(map(_is_named, cell.kinds, row[: len(cell.kinds)]))]


def told_of(page: str, cell: Cell) -> Outcome | None:
    """What the page says became of a cell; None where it says nothing, or two things."""
    rows = rows_about(page, cell)
    return rows[0][len(cell.kinds) :] if len(rows) == 1 else None


def standing_for_all(page: str, flow: Flow) -> Iterator[Cell]:
    """The first cell of each row, the undisturbed payment, what is excused, and what the page leaves out."""
    met: set[tuple[Point | None, Course, Row]] = set()
    for cell in cells_of(flow):
        rows = rows_about(page, cell) if cell.point else []
        new = {(cell.point, cell.course, row) for row in rows} - met
        if new or len(rows) != 1 or any(limit.is_of(cell) for limit in LIMITS):
            met |= new
            yield cell


def _is_named(kind: GatewayFault, names: str) -> bool:
    return name_of(kind) in names.split(" · ") or (is_lost(kind) and LOST in names)
