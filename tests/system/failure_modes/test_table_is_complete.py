"""The table is complete: no fault, call or advice is missing, and no cell occurs twice."""

from collections import Counter

import pytest

from holdfast.antom.codes import FAILURES, UNDECIDED, Advice
from holdfast.antom.endpoints import Operation
from simulator.faults import ALLOWED, CALLS, NOTIFICATION_LIST
from tests.system.failure_modes.cases.cells import Cell, FaultPattern, cells_of, every_cell
from tests.system.failure_modes.cases.fault_kinds import (
    DESCRIPTIONS,
    UNDOCUMENTED,
    acts,
    all_kinds_of,
    loses_response,
)
from tests.system.failure_modes.cases.flow import Flow
from tests.system.failure_modes.cases.flows import FLOWS

OPERATIONS = {operation.value.rpartition("/")[2]: operation for operation in Operation}
EVERY_FLOW = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)


def _injected(cells: list[Cell]) -> set[tuple[str, str]]:
    return {(kind.on, kind.fault) for cell in cells for kind in cell.kinds}


def test_every_fault_of_the_simulator_is_injected_into_everything_it_applies_to() -> None:
    """`any` stands for all four calls of a payment; only reconciliation uses the list of notifications."""
    calls = ALLOWED.keys() - {"any", NOTIFICATION_LIST}
    known = {(on, fault) for on in calls for fault in ALLOWED[on]}
    assert {(on, fault) for on, fault in _injected(every_cell()) if on != "any"} == known


@EVERY_FLOW
def test_every_point_has_every_fault(flow: Flow) -> None:
    cells = list(cells_of(flow))
    for point in flow.points:
        injected = [
            cell.kinds[0] for cell in cells if cell.point is point and cell.pattern is FaultPattern.ONCE
        ]
        assert {kind.fault for kind in injected} == ALLOWED[point.on] or point.on == "any"


def test_flows_without_initial_faults_have_every_code_of_every_call() -> None:
    first = [
        cell for cell in every_cell() if cell.pattern is FaultPattern.ONCE and not cell.flow.initial_faults
    ]
    for on in (*CALLS, "notification", "automaticCapture"):
        assert {cell.kinds[0] for cell in first if cell.kinds[0].on == on} == set(all_kinds_of(on))


@pytest.mark.parametrize("on", [*CALLS, "any"])
def test_every_kind_of_fault_also_lasts_in_some_flow(on: str) -> None:
    lasting = {cell.kinds[0] for cell in every_cell() if cell.pattern is FaultPattern.LASTING}
    injected = {kind for kind in lasting if kind.on == on}
    answers = {kind.fault for kind in all_kinds_of(on) if not loses_response(kind)}
    assert {kind.fault for kind in injected if not loses_response(kind)} == answers
    assert {acts(kind) for kind in injected if loses_response(kind)} == {True, False}


@pytest.mark.parametrize("on", ["pay", "capture"])
def test_every_fault_follows_every_fault_after_which_holdfast_repeats_the_call(on: str) -> None:
    pairs = {
        tuple(kind.fault for kind in cell.kinds)
        for cell in every_cell()
        if cell.pattern is FaultPattern.TWICE and cell.kinds[0].on == on
    }
    lost = {kind.fault for kind in all_kinds_of(on) if loses_response(kind)}
    assert pairs == {(first, second) for first in lost for second in ALLOWED[on]}


@EVERY_FLOW
def test_every_call_of_a_flow_is_a_point_of_this_or_of_another_flow(flow: Flow) -> None:
    made = [(call, flow.calls[: n + 1].count(call)) for n, call in enumerate(flow.calls)]
    points = {(point.on, point.nth): point for point in flow.points if point.on in CALLS}
    at_points = [(on, nth + n) for (on, nth), point in points.items() for n in range(point.count)]
    assert sorted([*at_points, *flow.elsewhere]) == sorted(made)
    for call, point in points.items():
        assert point.after == made.index(call), "the number of calls before the point"


@EVERY_FLOW
def test_call_that_refers_to_another_flow_is_a_point_there(flow: Flow) -> None:
    others = {other.name: other for other in FLOWS}
    for (call, _), name in flow.elsewhere.items():
        assert call in {point.on for point in others[name].points}
        assert name != flow.name


@pytest.mark.parametrize("on", CALLS)
def test_every_advice_has_a_code_in_the_table(on: str) -> None:
    codes = [kind.code for kind in all_kinds_of(on) if kind.fault == "code_f"]
    advised = {FAILURES[OPERATIONS[on]].get(code, Advice.STOP) for code in codes}
    assert advised == set(FAILURES[OPERATIONS[on]].values())
    assert UNDOCUMENTED in codes
    undecided = {kind.code for kind in all_kinds_of(on) if kind.fault == "code_u"}
    assert {UNDECIDED[code] for code in undecided} == set(UNDECIDED.values())


def test_every_fault_has_a_description_and_no_other_has_one() -> None:
    assert DESCRIPTIONS.keys() == {fault for faults in ALLOWED.values() for fault in faults}


def test_no_cell_occurs_twice() -> None:
    names = Counter((cell.flow.name, cell.pattern, cell.point, cell.kinds) for cell in every_cell())
    assert [name for name, times in names.items() if times > 1] == []
