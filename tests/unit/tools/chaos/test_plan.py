"""All random choices of a run follow from its seed, and a long run contains every kind of fault."""

from collections import Counter
from itertools import islice, pairwise

import pytest

from holdfast.order import AuthorizationExpiry
from simulator.faults import AUTOMATIC_CAPTURE_FAULTS, CALLS, EXPIRY_FAULTS, NOTIFICATION_FAULTS, Fault
from tools.chaos.faults.gateway_faults import BEYOND_CLIENT_TIMEOUT, UNDOCUMENTED_CODE
from tools.chaos.faults.process_faults import Action, ProcessFault, process_faults
from tools.chaos.faults.proxy import Cut
from tools.chaos.faults.resets import Reset
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
    assert {reset.reset for plan in plans for reset in plan.resets} == set(Reset)
    assert {plan.on_expiry for plan in plans} == set(AuthorizationExpiry)


def test_long_run_has_every_gateway_fault(plans: list[Plan]) -> None:
    found = Counter((fault.on, fault.fault) for plan in plans for fault in plan.faults)
    assert {on for on, _ in found} == {*CALLS, "notification", "automaticCapture"}
    expiry = EXPIRY_FAULTS["notification"]
    assert {fault for on, fault in found if on == "notification"} == NOTIFICATION_FAULTS | expiry
    assert {fault for on, fault in found if on == "automaticCapture"} == AUTOMATIC_CAPTURE_FAULTS
    codes = {fault.code for plan in plans for fault in plan.faults}
    assert {"REQUEST_TRAFFIC_EXCEED_LIMIT", "PROCESS_FAIL", UNDOCUMENTED_CODE} <= codes
    assert {on for on, fault in found if fault == "act_and_code_f"} == {"pay", "capture"}
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


@pytest.mark.parametrize("on", ["pay", "inquiryPayment", "capture", "cancel"])
def test_long_run_has_answers_without_an_explanation_and_replayed_answers(plans: list[Plan], on: str) -> None:
    faults = [fault for plan in plans for fault in plan.faults if fault.on == on]
    refused = {fault.code for fault in faults if fault.fault == "code_f"}
    assert {UNDOCUMENTED_CODE, "SYSTEM_ERROR", "PROCESS_FAIL", "ACCESS_DENIED"} <= refused
    assert {"stale_time", "replayed", "act_and_replayed"} <= {fault.fault for fault in faults}
    assert "ORDER_NOT_EXIST" in {fault.code for fault in faults if fault.fault == "replayed"}


def test_expiry_is_reported_in_every_message_and_never_too_early_for_parts(plans: list[Plan]) -> None:
    reports = [(plan, fault) for plan in plans for fault in plan.faults if fault.fault.endswith("_expiry")]
    assert {fault.on for _, fault in reports} == {"pay", "inquiryPayment", "notification"}
    assert all(plan.is_manual for plan, _ in reports)
    assert not any(fault.fault == "earlier_expiry" for plan, fault in reports if plan.kind is Kind.PARTS)
    assert all(plan.on_expiry is AuthorizationExpiry.NOTIFY for plan in plans if plan.kind is Kind.PARTS)


def test_abandoned_callers_wait_for_a_slow_pay_call(plans: list[Plan]) -> None:
    abandoned = [plan for plan in plans if plan.kind is Kind.ABANDONED]
    assert all(plan.ending is Ending.CANCEL and plan.is_manual for plan in abandoned)
    assert all(any(fault.on == "pay" and fault.seconds for fault in plan.faults) for plan in abandoned)


def test_long_run_has_every_process_fault() -> None:
    faults = schedule(7)
    assert {fault.action for fault in faults} == set(Action)
    assert {fault.cut for fault in faults if fault.cut} == set(Cut)
    assert len({fault.target for fault in faults}) == 7
    assert all(fault.times for fault in faults if fault.action is Action.CUT)


def test_brief_run_has_short_faults_and_pauses() -> None:
    plans = planned(7, MANY, brief=True)
    waits = [fault for plan in plans for fault in plan.faults if "expiry" not in fault.fault]
    assert max(fault.seconds for fault in waits) < 10
    assert max(reset.after for plan in plans for reset in plan.resets) < 10
    assert max(fault.pause for fault in schedule(7, brief=True)) <= 2
