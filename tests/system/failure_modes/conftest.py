"""One run for all requested flows: all cells share one server and one worker."""

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
from tests.system.failure_modes.cases.cells import Cell, cells_of
from tests.system.failure_modes.cases.fault_kinds import RESPONSE_TIMEOUT
from tests.system.failure_modes.cases.flow import Flow
from tests.system.failure_modes.cases.flows import FLOWS
from tests.system.failure_modes.page.descriptions import outcome, story
from tests.system.failure_modes.page.page import PAGE, WRITE, section
from tests.system.failure_modes.page.page_reader import outcome_on_page, representative_cells, section_of
from tests.system.failure_modes.page.preface import preface
from tests.system.failure_modes.runs.limits import unexpected_violations
from tests.system.failure_modes.runs.observations import Observation
from tests.system.failure_modes.runs.run import run_cells
from tools.checks.generated import write
from workflows import WORKFLOWS

_REPETITIONS = 3

Observations = Mapping[str, Sequence[Observation]]


def unsandboxed_worker(
    client: Client, activities: Sequence[Callable[..., object]], /, *, task_queue: str, grace: timedelta
) -> Worker:
    """Returns a worker without the sandbox, whose imports for every payment take longer than the payment."""
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
async def unsandboxed_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The server, the worker, the webhook and the simulator; time is skipped only by explicit calls."""
    async with (
        time_skipping_server() as env,
        running_world(
            env,
            tmp_path_factory.mktemp("failure_modes"),
            answer_within=timedelta(minutes=10),
            worker_of=unsandboxed_worker,
            timeouts=Timeouts(read=RESPONSE_TIMEOUT),
        ) as world,
    ):
        with env.with_time_skipping_disabled():
            yield world


@pytest.fixture(scope="session")
async def observed(unsandboxed_world: World, request: pytest.FixtureRequest) -> Observations:
    """The observations by flow: one payment for each row, or all payments when the page is written.

    A cell with another outcome than the page is run again, because on a busy machine a call can time out or
    a notification can overtake a response. A new outcome must be observed in every repetition. A violation
    that the ledger shows counts every time.
    """
    flows = [flow for flow in FLOWS if _is_requested(flow, request.session.items)]
    page = PAGE.read_text() if PAGE.is_file() else ""
    seen = await run_cells(unsandboxed_world, [cell for flow in flows for cell in _cells(flow, page)])
    for _ in range(_REPETITIONS if page else 0):
        seen = await _repeated(unsandboxed_world, seen, page)
    found = {flow.name: [each for each in seen if each.cell.flow is flow] for flow in flows}
    if WRITE in os.environ and len(flows) == len(FLOWS) and not any(map(unexpected_violations, seen)):
        sections = (section(flow, found[flow.name]) for flow in FLOWS)
        write({PAGE: "\n".join([preface(), *sections])})
    return found


def _cells(flow: Flow, page: str) -> Iterator[Cell]:
    return cells_of(flow) if WRITE in os.environ else representative_cells(page, flow)


async def _repeated(world: World, seen: Sequence[Observation], page: str) -> list[Observation]:
    """Returns the observations, with a repetition of each cell whose outcome is not on the page."""
    again = iter(await run_cells(world, [each.cell for each in seen if _is_new(each, page)]))
    return [_with_all_violations(each, next(again)) if _is_new(each, page) else each for each in seen]


def _is_new(seen: Observation, page: str) -> bool:
    if seen.cell.point is None:
        return story(seen) not in section_of(page, seen.cell.flow)
    return outcome_on_page(page, seen.cell) != outcome(seen)


def _with_all_violations(first: Observation, second: Observation) -> Observation:
    return replace(second, violations=(*first.violations, *second.violations))


def _is_requested(flow: Flow, tests: Sequence[pytest.Item]) -> bool:
    cases = (getattr(test, "callspec", None) for test in tests)
    return any(case is not None and case.params.get("flow") is flow for case in cases)
