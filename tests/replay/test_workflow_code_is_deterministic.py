"""Production excludes workflow code from the SDK's sandbox, so the sandbox is applied here instead.

Every stored history is replayed with workflow code inside the sandbox, which refuses clocks, random numbers
and I/O (docs/adr/0017-workflow-code-is-passed-through-the-sandbox.md).
"""

import ast
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, WorkflowReplayResult
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from holdfast.temporal.connection import data_converter
from holdfast.temporal.names import reference_from_workflow_id
from services.worker import sandbox
from tests.support.replay.changed_workflows import ClockReadingPayment
from tests.support.replay.recording import FOLDER, recorded
from tests.support.replay.stored_histories import ROOT
from workflows import WORKFLOWS

HISTORIES = sorted(FOLDER.rglob("*.json.gz"))
WORKFLOW_CODE = sorted(
    path for package in ("workflows", "settlement") for path in (ROOT / package).rglob("*.py")
)


async def replayed(
    histories: Iterable[WorkflowHistory], workflows: Sequence[type] = WORKFLOWS
) -> AsyncIterator[WorkflowReplayResult]:
    """Generates the result of each replay, with workflow code inside the sandbox."""

    async def one_by_one() -> AsyncIterator[WorkflowHistory]:
        for history in histories:
            yield history

    runner = SandboxedWorkflowRunner(sandbox.STRICT)
    # debug mode has no limit of 2 seconds for one activation, which a busy machine can exceed
    replayer = Replayer(
        workflows=workflows, workflow_runner=runner, data_converter=data_converter(), debug_mode=True
    )
    async with replayer.workflow_replay_iterator(one_by_one()) as results:
        async for result in results:
            yield result


@pytest.mark.timeout(900)
async def test_every_history_replays_inside_the_sandbox() -> None:
    results = replayed(recorded(path).whole for path in HISTORIES)
    failures = {
        each.history.workflow_id: each.replay_failure async for each in results if each.replay_failure
    }
    assert failures == {}


async def test_workflow_code_that_reads_the_clock_fails_in_the_sandbox() -> None:
    payments = [
        each for path in HISTORIES if reference_from_workflow_id((each := recorded(path)).workflow_id)
    ]
    [result] = [each async for each in replayed([payments[0].whole], [ClockReadingPayment])]
    assert "Cannot access datetime.datetime.now" in str(result.replay_failure)


@pytest.mark.parametrize("path", WORKFLOW_CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_workflow_code_keeps_no_state_in_its_modules(path: Path) -> None:
    """Modules are shared by all workflows of a worker, so no function assigns a module's variable."""
    assert not [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Global)]
