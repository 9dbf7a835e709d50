"""docs/failure-modes.md has one row for each cell, and nothing that no cell stands for."""

import pytest

from tests.system.failure_modes.cells import Course, cells_of
from tests.system.failure_modes.flow import Flow
from tests.system.failure_modes.flows import FLOWS
from tests.system.failure_modes.page import PAGE, caption
from tests.system.failure_modes.preface import preface
from tests.system.failure_modes.reading import rows_about, section_of, standing_for_all

EVERY_FLOW = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)


def test_the_page_has_its_preface_and_a_section_for_each_flow() -> None:
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
def test_each_row_is_lived_again_by_a_cell_of_it(flow: Flow) -> None:
    page = PAGE.read_text()
    told = [line for line in section_of(page, flow).splitlines() if line.startswith("| ")]
    tables = {(cell.point, cell.course) for cell in cells_of(flow) if cell.point}
    cells = [cell for cell in standing_for_all(page, flow) if cell.point]
    lived = {(cell.point, cell.course, row) for cell in cells for row in rows_about(page, cell)}
    assert len(told) == len(tables) + len(lived), "each table has a head"


@EVERY_FLOW
def test_each_table_is_that_of_a_point_and_a_course(flow: Flow) -> None:
    lines = section_of(PAGE.read_text(), flow).splitlines()
    captions = [line.strip("*") for line in lines if line.startswith("**")]
    known = [caption(point, course) for point in flow.points for course in Course]
    assert [each for each in captions if each not in known] == []
    assert len(set(captions)) == len(captions)
