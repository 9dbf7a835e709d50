"""The table goes through everything: no fault, call or advice is missing, and no cell is there twice."""

from collections import Counter

import pytest

from holdfast.antom.codes import FAILURES, UNDECIDED, Advice
from holdfast.antom.endpoints import Operation
from simulator.faults import ALLOWED, CALLS, NOTIFICATION_LIST
from tests.system.failure_modes.cells import Cell, Course, cells_of, every_cell
from tests.system.failure_modes.flow import Flow
from tests.system.failure_modes.flows import FLOWS
from tests.system.failure_modes.kinds import DESCRIPTIONS, UNDOCUMENTED, acts, is_lost, kinds_of

OPERATIONS = {operation.value.rpartition("/")[2]: operation for operation in Operation}
EVERY_FLOW = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)


def _struck(cells: list[Cell]) -> set[tuple[str, str]]:
    return {(kind.on, kind.fault) for cell in cells for kind in cell.kinds}


def test_every_fault_of_the_simulator_strikes_on_everything_that_it_can_strike() -> None:
    """`any` stands for all four calls of a payment; the list of notifications is reconciliation's."""
    calls = ALLOWED.keys() - {"any", NOTIFICATION_LIST}
    known = {(on, fault) for on in calls for fault in ALLOWED[on]}
    assert {(on, fault) for on, fault in _struck(every_cell()) if on != "any"} == known


@EVERY_FLOW
def test_every_point_meets_every_fault(flow: Flow) -> None:
    cells = list(cells_of(flow))
    for point in flow.points:
        met = [cell.kinds[0] for cell in cells if cell.point is point and cell.course is Course.ONCE]
        assert {kind.fault for kind in met} == ALLOWED[point.on] or point.on == "any"


def test_where_nothing_went_wrong_before_every_call_meets_every_code() -> None:
    first = [cell for cell in every_cell() if cell.course is Course.ONCE and not cell.flow.before]
    for on in (*CALLS, "notification", "automaticCapture"):
        assert {cell.kinds[0] for cell in first if cell.kinds[0].on == on} == set(kinds_of(on))


@pytest.mark.parametrize("on", [*CALLS, "any"])
def test_every_manner_of_fault_also_lasts_somewhere(on: str) -> None:
    lasting = {cell.kinds[0] for cell in every_cell() if cell.course is Course.LASTING}
    struck = {kind for kind in lasting if kind.on == on}
    answers = {kind.fault for kind in kinds_of(on) if not is_lost(kind)}
    assert {kind.fault for kind in struck if not is_lost(kind)} == answers
    assert {acts(kind) for kind in struck if is_lost(kind)} == {True, False}


@pytest.mark.parametrize("on", ["pay", "capture"])
def test_every_fault_follows_on_every_fault_that_makes_holdfast_call_again(on: str) -> None:
    pairs = {
        tuple(kind.fault for kind in cell.kinds)
        for cell in every_cell()
        if cell.course is Course.TWICE and cell.kinds[0].on == on
    }
    lost = {kind.fault for kind in kinds_of(on) if is_lost(kind)}
    assert pairs == {(first, second) for first in lost for second in ALLOWED[on]}


@EVERY_FLOW
def test_every_call_of_a_flow_is_a_point_of_it_or_of_another_flow(flow: Flow) -> None:
    made = [(call, flow.calls[: n + 1].count(call)) for n, call in enumerate(flow.calls)]
    points = {(point.on, point.nth): point for point in flow.points if point.on in CALLS}
    at_points = [(on, nth + n) for (on, nth), point in points.items() for n in range(point.of)]
    assert sorted([*at_points, *flow.elsewhere]) == sorted(made)
    for call, point in points.items():
        assert point.after == made.index(call), "the calls before it"


@EVERY_FLOW
def test_a_call_that_is_enumerated_elsewhere_is_found_there(flow: Flow) -> None:
    others = {other.name: other for other in FLOWS}
    for (call, _), name in flow.elsewhere.items():
        assert call in {point.on for point in others[name].points}
        assert name != flow.name


@pytest.mark.parametrize("on", CALLS)
def test_every_advice_has_a_code_that_asks_for_it(on: str) -> None:
    codes = [kind.code for kind in kinds_of(on) if kind.fault == "code_f"]
    advised = {FAILURES[OPERATIONS[on]].get(code, Advice.STOP) for code in codes}
    assert advised == set(FAILURES[OPERATIONS[on]].values())
    assert UNDOCUMENTED in codes
    undecided = {kind.code for kind in kinds_of(on) if kind.fault == "code_u"}
    assert {UNDECIDED[code] for code in undecided} == set(UNDECIDED.values())


def test_every_fault_is_described_and_no_other() -> None:
    assert DESCRIPTIONS.keys() == {fault for faults in ALLOWED.values() for fault in faults}


def test_no_cell_is_there_twice() -> None:
    names = Counter((cell.flow.name, cell.course, cell.point, cell.kinds) for cell in every_cell())
    assert [name for name, times in names.items() if times > 1] == []
