"""All random choices of a run follow from its seed, and a long run contains every kind of fault."""

from collections import Counter
from itertools import islice, pairwise

import pytest

from simulator.faults import AUTOMATIC_CAPTURE_FAULTS, CALLS, NOTIFICATION_FAULTS, Fault
from tools.chaos.faults.gateway_faults import BEYOND_CLIENT_TIMEOUT
from tools.chaos.faults.process_faults import Action, ProcessFault, process_faults
from tools.chaos.faults.proxy import Cut
from tools.chaos.plan import Attack, Ending, Habit, Kind, Plan, planned

MANY = 2_000


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return planned(7, MANY, brief=False)


def schedule(seed: int, number: int = 500, *, brief: bool = False) -> list[ProcessFault]:
    return list(islice(process_faults(seed, brief=brief), number))


def test_seed_repeats_every_plan_and_every_process_fault(plans: list[Plan]) -> None:
    assert planned(7, MANY, brief=False) == plans
    assert schedule(7) == schedule(7)


def test_another_seed_gives_another_run(plans: list[Plan]) -> None:
    others = planned(8, MANY, brief=False)
    assert [plan.value for plan in others] != [plan.value for plan in plans]
    assert schedule(8) != schedule(7)


def test_plan_does_not_depend_on_the_length_of_the_run(plans: list[Plan]) -> None:
    assert planned(7, 100, brief=False) == plans[:100]


def test_no_reference_begins_with_another_one(plans: list[Plan]) -> None:
    """The simulator finds a payment's faults by how its ids begin."""
    names = sorted(plan.reference for plan in plans)
    assert not any(later.startswith(earlier) for earlier, later in pairwise(names))


def test_long_run_has_every_kind_ending_habit_and_attack(plans: list[Plan]) -> None:
    assert {plan.kind for plan in plans} == set(Kind)
    assert {plan.ending for plan in plans} == set(Ending)
    assert {habit for plan in plans for habit in plan.habits} == set(Habit)
    assert {attack for plan in plans for attack in plan.attacks} == set(Attack)


def test_long_run_has_every_gateway_fault(plans: list[Plan]) -> None:
    found = Counter((fault.on, fault.fault) for plan in plans for fault in plan.faults)
    assert {on for on, _ in found} == {*CALLS, "notification", "automaticCapture"}
    assert {fault for on, fault in found if on == "notification"} == NOTIFICATION_FAULTS
    assert {fault for on, fault in found if on == "automaticCapture"} == AUTOMATIC_CAPTURE_FAULTS
    codes = {fault.code for plan in plans for fault in plan.faults}
    assert {"REQUEST_TRAFFIC_EXCEED_LIMIT", "PROCESS_FAIL", "UNDOCUMENTED_CODE"} <= codes
    assert any(fault.seconds == BEYOND_CLIENT_TIMEOUT for plan in plans for fault in plan.faults)


def test_simulator_accepts_every_fault(plans: list[Plan]) -> None:
    for plan in (*plans, *planned(7, MANY, brief=True)):
        for fault in plan.faults:
            assert Fault.parse(fault.order(plan.reference)).match == plan.reference


def test_parts_are_distinct_and_add_up(plans: list[Plan]) -> None:
    for plan in plans:
        assert sum(plan.parts) == plan.value
        assert len(set(plan.parts)) == len(plan.parts)
        assert all(part > 0 for part in plan.parts)
        assert (len(plan.parts) > 1) is (plan.kind is Kind.PARTS)


def test_long_run_has_every_process_fault() -> None:
    faults = schedule(7)
    assert {fault.action for fault in faults} == set(Action)
    assert {fault.cut for fault in faults if fault.cut} == set(Cut)
    assert len({fault.target for fault in faults}) == 7
    assert all(fault.times for fault in faults if fault.action is Action.CUT)


def test_brief_run_has_short_faults_and_pauses() -> None:
    plans = planned(7, MANY, brief=True)
    assert max(fault.seconds for plan in plans for fault in plan.faults) < 10
    assert max(fault.pause for fault in schedule(7, brief=True)) <= 2
