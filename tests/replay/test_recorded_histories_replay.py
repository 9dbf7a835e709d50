"""Payments live for weeks and workers are deployed daily: new code must go on with any payment of the old.

Every scenario's history is replayed, as a whole and as it stood at each moment when its payment was waiting.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from payments.names import reference_in
from payments.status import PaymentStatus
from payments.temporal import data_converter
from tests.replay.changed_payment import ChangedPayment
from tests.replay.recording import FOLDER, Json, Recorded
from workflows import WORKFLOWS

HISTORIES = sorted(FOLDER.rglob("*.json.gz"))
SCENARIOS = Path(__file__).parents[1] / "scenarios"
WHAT_TO_DO = """
The commands of the workflow have changed: payments under way would stop here.
Keep the old order of commands for them: `if workflow.patched("what-changed"): new way, else: old way`
(CONTRIBUTING.md, "Changing a workflow"). Histories of a released version are never recorded again.
"""


def replayer(workflows: Sequence[type] = WORKFLOWS) -> Replayer:
    """Without the sandbox, which changes no command and takes most of the time."""
    runner = UnsandboxedWorkflowRunner()
    return Replayer(workflows=workflows, workflow_runner=runner, data_converter=data_converter())


async def one_by_one(histories: Iterable[WorkflowHistory]) -> AsyncIterator[WorkflowHistory]:
    for history in histories:
        yield history


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}/{path.name[:-8]}")
async def test_history_replays_as_a_whole_and_from_every_wait(path: Path) -> None:
    recorded = Recorded(path)
    histories = one_by_one((*recorded.open_states, recorded.whole))
    async with replayer().workflow_replay_iterator(histories) as results:
        async for result in results:
            events, wrong = len(result.history.events), result.replay_failure
            assert wrong is None, f"after event {events}: {wrong}\n{WHAT_TO_DO}"


async def test_a_changed_order_of_commands_is_noticed_in_every_history() -> None:
    payments = (recorded for recorded in map(Recorded, HISTORIES) if reference_in(recorded.workflow_id))
    histories = one_by_one(recorded.whole for recorded in payments)
    async with replayer([ChangedPayment]).workflow_replay_iterator(histories) as results:
        async for result in results:
            assert result.replay_failure is not None, result.history.workflow_id


def test_histories_hold_payments_in_every_status() -> None:
    seen = {status for path in HISTORIES for status in Recorded(path).statuses}
    assert seen == {str(status) for status in PaymentStatus}


def test_histories_name_no_machine() -> None:
    for path in HISTORIES:
        for event in Recorded(path).events:
            attributes: Json = next((value for key, value in event.items() if key.endswith("Attributes")), {})
            assert attributes.get("identity", "recorded") == "recorded", path.name
