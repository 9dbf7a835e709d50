"""One run for all flows that are asked for: all cells are lived in one world."""

import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker

from holdfast.antom.client import Timeouts
from tests.support.time_skipping import time_skipping_server
from tests.support.world import World, running_world
from tests.system.failure_modes.cells import Cell, cells_of
from tests.system.failure_modes.flow import Flow
from tests.system.failure_modes.flows import FLOWS
from tests.system.failure_modes.kinds import PATIENCE
from tests.system.failure_modes.limits import held_against
from tests.system.failure_modes.observations import Observation
from tests.system.failure_modes.page import PAGE, WRITE, section
from tests.system.failure_modes.preface import preface
from tests.system.failure_modes.reading import section_of, standing_for_all, told_of
from tests.system.failure_modes.run import run
from tests.system.failure_modes.words import outcome, story
from tools.checks.generated import write
from workflows import WORKFLOWS

_LOOKS_AGAIN = 3

Observations = Mapping[str, Sequence[Observation]]


def quick_worker(
    client: Client, activities: Sequence[Callable[..., object]], /, *, task_queue: str, grace: timedelta
) -> Worker:
    """A worker without the sandbox, whose imports for every payment take longer than the payment."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=activities,
        workflow_runner=UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=grace,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
    )


@pytest.fixture(scope="session")
async def quick_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Everything a payment touches; its clock is moved by hand alone."""
    async with (
        time_skipping_server() as env,
        running_world(
            env,
            tmp_path_factory.mktemp("failure_modes"),
            answer_within=timedelta(minutes=10),
            worker_of=quick_worker,
            timeouts=Timeouts(read=PATIENCE),
        ) as world,
    ):
        with env.with_time_skipping_disabled():
            yield world


@pytest.fixture(scope="session")
async def observed(quick_world: World, request: pytest.FixtureRequest) -> Observations:
    """What was observed, by flow: of one payment for each row of the page, or of all when it is written.

    A cell that fared otherwise than the page says is lived again: a machine that is short of time makes a
    call more than it should, or lets a notification overtake an answer. What is new on the page must be seen
    each time, and what the ledger holds against a payment counts each time.
    """
    flows = [flow for flow in FLOWS if _is_wanted(flow, request.session.items)]
    page = PAGE.read_text() if PAGE.is_file() else ""
    seen = await run(quick_world, [cell for flow in flows for cell in _cells(flow, page)])
    for _ in range(_LOOKS_AGAIN if page else 0):
        seen = await _seen_again(quick_world, seen, page)
    found = {flow.name: [each for each in seen if each.cell.flow is flow] for flow in flows}
    if WRITE in os.environ and len(flows) == len(FLOWS) and not any(map(held_against, seen)):
        sections = (section(flow, found[flow.name]) for flow in FLOWS)
        write({PAGE: "\n".join([preface(), *sections])})
    return found


def _cells(flow: Flow, page: str) -> Iterator[Cell]:
    return cells_of(flow) if WRITE in os.environ else standing_for_all(page, flow)


async def _seen_again(world: World, seen: Sequence[Observation], page: str) -> list[Observation]:
    """Where a cell did not fare as the page says, how it fares when it is lived once more."""
    again = iter(await run(world, [each.cell for each in seen if _is_new(each, page)]))
    return [_both(each, next(again)) if _is_new(each, page) else each for each in seen]


def _is_new(seen: Observation, page: str) -> bool:
    if seen.cell.point is None:
        return story(seen) not in section_of(page, seen.cell.flow)
    return told_of(page, seen.cell) != outcome(seen)


def _both(first: Observation, second: Observation) -> Observation:
    return replace(second, violations=(*first.violations, *second.violations))


def _is_wanted(flow: Flow, tests: Sequence[pytest.Item]) -> bool:
    cases = (getattr(test, "callspec", None) for test in tests)
    return any(case is not None and case.params.get("flow") is flow for case in cases)
