"""docs/failure-modes.md has one row for each cell, and no row without a cell."""

import pytest

from tests.system.failure_modes.cases.cells import FaultPattern, cells_of
from tests.system.failure_modes.cases.flow import Flow
from tests.system.failure_modes.cases.flows import FLOWS
from tests.system.failure_modes.page.page import PAGE, caption
from tests.system.failure_modes.page.page_reader import representative_cells, rows_about, section_of
from tests.system.failure_modes.page.preface import preface

EVERY_FLOW = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)


def test_page_has_its_preface_and_a_section_for_each_flow() -> None:
    beginning, text = preface(), PAGE.read_text()
    assert text.startswith(beginning)
    headings = (line for line in text.removeprefix(beginning).splitlines() if line.startswith("## "))
    assert [heading.removeprefix("## ") for heading in headings] == [flow.title for flow in FLOWS]


@EVERY_FLOW
def test_each_cell_is_in_one_row(flow: Flow) -> None:
    page = PAGE.read_text()
    counted = [(cell.kinds, len(rows_about(page, cell))) for cell in cells_of(flow) if cell.point]
    assert [kinds for kinds, number in counted if number != 1] == []


@EVERY_FLOW
def test_each_row_has_a_representative_cell(flow: Flow) -> None:
    page = PAGE.read_text()
    lines = [line for line in section_of(page, flow).splitlines() if line.startswith("| ")]
    tables = {(cell.point, cell.pattern) for cell in cells_of(flow) if cell.point}
    cells = [cell for cell in representative_cells(page, flow) if cell.point]
    represented = {(cell.point, cell.pattern, row) for cell in cells for row in rows_about(page, cell)}
    assert len(lines) == len(tables) + len(represented), "each table has a header row"


@EVERY_FLOW
def test_each_table_belongs_to_a_point_and_a_fault_pattern(flow: Flow) -> None:
    lines = section_of(PAGE.read_text(), flow).splitlines()
    captions = [line.strip("*") for line in lines if line.startswith("**")]
    known = [caption(point, pattern) for point in flow.points for pattern in FaultPattern]
    assert [each for each in captions if each not in known] == []
    assert len(set(captions)) == len(captions)
