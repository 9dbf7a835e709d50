"""Every call of every flow meets every fault, and the ledger shows each time where the money is."""

import pytest

from tests.system.failure_modes.cases.flow import Flow
from tests.system.failure_modes.cases.flows import FLOWS
from tests.system.failure_modes.conftest import Observations
from tests.system.failure_modes.page.descriptions import outcome
from tests.system.failure_modes.page.page import PAGE, heading
from tests.system.failure_modes.page.page_reader import outcome_on_page
from tests.system.failure_modes.runs.limits import LIMITS, unexpected_violations
from tests.system.failure_modes.runs.observations import has_missed_fault

pytestmark = pytest.mark.timeout(3600)
EVERY_FLOW = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)


@EVERY_FLOW
def test_payment_with_a_fault_loses_no_money_and_captures_none_twice(
    observed: Observations, flow: Flow
) -> None:
    found = [line for seen in observed[flow.name] for line in unexpected_violations(seen)]
    assert found == []


@EVERY_FLOW
def test_known_limit_still_occurs(observed: Observations, flow: Flow) -> None:
    for limit in LIMITS:
        limited = [seen for seen in observed[flow.name] if limit.is_of(seen.cell)]
        found = {violation.rule for seen in limited for violation in seen.violations}
        assert not limited or found >= limit.rules, limit.situation


@EVERY_FLOW
def test_simulator_applied_each_fault(observed: Observations, flow: Flow) -> None:
    assert [
        (seen.cell.point, seen.cell.kinds) for seen in observed[flow.name] if has_missed_fault(seen)
    ] == []


@EVERY_FLOW
def test_flow_without_a_further_fault_makes_its_listed_calls(observed: Observations, flow: Flow) -> None:
    without_fault, *_ = observed[flow.name]
    assert tuple(call.operation for call in without_fault.calls) == flow.calls


@EVERY_FLOW
def test_page_shows_the_observed_outcomes(observed: Observations, flow: Flow) -> None:
    without_fault, *with_faults = observed[flow.name]
    page = PAGE.read_text()
    assert page.partition(f"\n## {flow.title}\n")[2].startswith("\n".join(heading(flow, without_fault)[1:]))
    for seen in with_faults:
        assert outcome_on_page(page, seen.cell) == outcome(seen), (seen.cell.point, seen.cell.kinds)
