"""Everything that a run does by chance follows from its seed, and a long run has everything in it."""

from collections import Counter
from itertools import islice, pairwise

import pytest

from simulator.faults import AUTOMATIC_CAPTURE_FAULTS, CALLS, NOTIFICATION_FAULTS, Fault
from tools.chaos.faults.gateway_faults import LONGER_THAN_THE_CLIENT
from tools.chaos.faults.process_faults import Harm, Injury, injuries
from tools.chaos.faults.proxy import Cut
from tools.chaos.plan import Attack, Ending, Habit, Kind, Plan, planned

MANY = 2_000


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return planned(7, MANY, brief=False)


def schedule(seed: int, number: int = 500, *, brief: bool = False) -> list[Injury]:
    return list(islice(injuries(seed, brief=brief), number))


def test_a_seed_repeats_every_payment_and_every_injury(plans: list[Plan]) -> None:
    assert planned(7, MANY, brief=False) == plans
    assert schedule(7) == schedule(7)


def test_another_seed_is_another_run(plans: list[Plan]) -> None:
    others = planned(8, MANY, brief=False)
    assert [plan.value for plan in others] != [plan.value for plan in plans]
    assert schedule(8) != schedule(7)


def test_a_payment_is_the_same_in_a_run_of_another_length(plans: list[Plan]) -> None:
    assert planned(7, 100, brief=False) == plans[:100]


def test_references_belong_to_one_payment_each(plans: list[Plan]) -> None:
    """The simulator finds a payment's faults by how its ids begin."""
    names = sorted(plan.reference for plan in plans)
    assert not any(later.startswith(earlier) for earlier, later in pairwise(names))


def test_a_long_run_has_every_kind_ending_habit_and_attack(plans: list[Plan]) -> None:
    assert {plan.kind for plan in plans} == set(Kind)
    assert {plan.ending for plan in plans} == set(Ending)
    assert {habit for plan in plans for habit in plan.habits} == set(Habit)
    assert {attack for plan in plans for attack in plan.attacks} == set(Attack)


def test_a_long_run_has_every_fault(plans: list[Plan]) -> None:
    met = Counter((fault.on, fault.fault) for plan in plans for fault in plan.faults)
    assert {on for on, _ in met} == {*CALLS, "notification", "automaticCapture"}
    assert {fault for on, fault in met if on == "notification"} == NOTIFICATION_FAULTS
    assert {fault for on, fault in met if on == "automaticCapture"} == AUTOMATIC_CAPTURE_FAULTS
    codes = {fault.code for plan in plans for fault in plan.faults}
    assert {"REQUEST_TRAFFIC_EXCEED_LIMIT", "PROCESS_FAIL"} <= codes
    assert any(fault.seconds == LONGER_THAN_THE_CLIENT for plan in plans for fault in plan.faults)


def test_the_simulator_takes_every_fault(plans: list[Plan]) -> None:
    for plan in (*plans, *planned(7, MANY, brief=True)):
        for fault in plan.faults:
            assert Fault.parse(fault.order(plan.reference)).match == plan.reference


def test_parts_differ_and_add_up(plans: list[Plan]) -> None:
    for plan in plans:
        assert sum(plan.parts) == plan.value
        assert len(set(plan.parts)) == len(plan.parts)
        assert all(part > 0 for part in plan.parts)
        assert (len(plan.parts) > 1) is (plan.kind is Kind.PARTS)


def test_a_long_storm_has_every_harm_and_every_cut() -> None:
    storm = schedule(7)
    assert {injury.harm for injury in storm} == set(Harm)
    assert {injury.cut for injury in storm if injury.cut} == set(Cut)
    assert len({injury.victim for injury in storm}) == 7
    assert all(injury.times for injury in storm if injury.harm is Harm.CUT)


def test_a_brief_run_leaves_out_what_takes_long() -> None:
    plans = planned(7, MANY, brief=True)
    assert max(fault.seconds for plan in plans for fault in plan.faults) < 10
    assert max(injury.pause for injury in schedule(7, brief=True)) <= 2
