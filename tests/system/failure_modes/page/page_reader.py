"""Reads docs/failure-modes.md: the outcome of a cell, and the cells that represent their rows."""

from collections.abc import Iterator

from tests.system.failure_modes.cases.cells import Cell, FaultPattern, cells_of
from tests.system.failure_modes.cases.fault_kinds import loses_response
from tests.system.failure_modes.cases.flow import Flow, Point
from tests.system.failure_modes.page.descriptions import Outcome
from tests.system.failure_modes.page.page import LOST, Row, caption, name_of
from tests.system.failure_modes.runs.limits import LIMITS
from tools.chaos.faults.gateway_faults import GatewayFault


def section_of(page: str, flow: Flow) -> str:
    """Returns the section of a flow, without its title; empty where there is none."""
    return page.partition(f"\n## {flow.title}\n")[2].partition("\n## ")[0]


def rows_of(page: str, flow: Flow, point: Point, pattern: FaultPattern) -> list[Row]:
    """Returns the rows of one table; none where the table is not on the page."""
    table = section_of(page, flow).partition(f"\n**{caption(point, pattern)}**\n")[2].partition("\n**")[0]
    lines = (line for line in table.splitlines() if line.startswith("| "))
    return [tuple(line.strip("| ").split(" | ")) for line in lines][1:]


def rows_about(page: str, cell: Cell) -> list[Row]:
    """Returns the rows to which a cell belongs: exactly one, on a complete page."""
    assert cell.point is not None
    rows = rows_of(page, cell.flow, cell.point, cell.pattern)
    return [row for row in rows if all(map(_is_named, cell.kinds, row[: len(cell.kinds)]))]


def outcome_on_page(page: str, cell: Cell) -> Outcome | None:
    """Returns the outcome of a cell on the page; None where the page has no outcome, or two."""
    rows = rows_about(page, cell)
    return rows[0][len(cell.kinds) :] if len(rows) == 1 else None


def representative_cells(page: str, flow: Flow) -> Iterator[Cell]:
    """Yields one cell per row, the payment without a fault, known limits, and cells not on the page."""
    covered: set[tuple[Point | None, FaultPattern, Row]] = set()
    for cell in cells_of(flow):
        rows = rows_about(page, cell) if cell.point else []
        new = {(cell.point, cell.pattern, row) for row in rows} - covered
        if new or len(rows) != 1 or any(limit.is_of(cell) for limit in LIMITS):
            covered |= new
            yield cell


def _is_named(kind: GatewayFault, names: str) -> bool:
    return name_of(kind) in names.split(" · ") or (loses_response(kind) and LOST in names)
