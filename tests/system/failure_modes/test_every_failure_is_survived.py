"""Every call of every flow meets every fault, and each time the ledger is asked where the money is."""

import pytest

from tests.system.failure_modes.conftest import Observations
from tests.system.failure_modes.flow import Flow
from tests.system.failure_modes.flows import FLOWS
from tests.system.failure_modes.limits import LIMITS, held_against
from tests.system.failure_modes.observations import is_vacuous
from tests.system.failure_modes.page import PAGE, heading
from tests.system.failure_modes.reading import told_of
from tests.system.failure_modes.words import outcome

pytestmark = pytest.mark.timeout(3600)
EVERY_FLOW = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)


@EVERY_FLOW
def test_no_money_is_lost_or_taken_twice(observed: Observations, flow: Flow) -> None:
    broken = [line for seen in observed[flow.name] for line in held_against(seen)]
    assert broken == []


@EVERY_FLOW
def test_an_excuse_that_is_not_needed_any_more_is_taken_away(observed: Observations, flow: Flow) -> None:
    for limit in LIMITS:
        excused = [seen for seen in observed[flow.name] if limit.is_of(seen.cell)]
        broken = {violation.rule for seen in excused for violation in seen.violations}
        assert not excused or broken >= limit.rules, limit.situation


@EVERY_FLOW
def test_each_fault_has_struck(observed: Observations, flow: Flow) -> None:
    assert [(seen.cell.point, seen.cell.kinds) for seen in observed[flow.name] if is_vacuous(seen)] == []


@EVERY_FLOW
def test_the_undisturbed_flow_makes_the_calls_that_are_enumerated(observed: Observations, flow: Flow) -> None:
    undisturbed, *_ = observed[flow.name]
    assert tuple(call.operation for call in undisturbed.calls) == flow.calls


@EVERY_FLOW
def test_the_page_says_what_was_observed(observed: Observations, flow: Flow) -> None:
    undisturbed, *disturbed = observed[flow.name]
    page = PAGE.read_text()
    assert page.partition(f"\n## {flow.title}\n")[2].startswith("\n".join(heading(flow, undisturbed)[1:]))
    for seen in disturbed:
        assert told_of(page, seen.cell) == outcome(seen), (seen.cell.point, seen.cell.kinds)
