"""Payments last for weeks and workers are deployed daily: new code must continue the payments of old code.

Every scenario's history is replayed, completely and up to each wait of its workflow.
"""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowReplayResult

from holdfast.statuses.payment_status import PaymentStatus
from holdfast.temporal.connection import data_converter
from holdfast.temporal.names import LATE_NOTIFICATION, reference_from_workflow_id
from tests.support.replay.changed_workflows import ChangedNotification, ChangedPayment
from tests.support.replay.recording import FOLDER, Json, recorded
from tests.support.replay.stored_histories import ROOT
from workflows import WORKFLOWS
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.steps import STEPS

HISTORIES = sorted(FOLDER.rglob("*.json.gz"))
INSTRUCTIONS = """
The commands of the workflow have changed: open payments would stop here.
Keep the old order of commands for them behind a named version (workflows/versions.py;
CONTRIBUTING.md, "Change a workflow"). Histories of a released version are never recorded again.
"""


def replayer(workflows: Sequence[type] = WORKFLOWS) -> Replayer:
    """Returns a replayer without the sandbox, which changes no command and takes most of the time."""
    runner = UnsandboxedWorkflowRunner()
    # debug mode has no limit of 2 seconds for one activation, which a busy machine can exceed
    return Replayer(
        workflows=workflows, workflow_runner=runner, data_converter=data_converter(), debug_mode=True
    )


def failure_of(result: WorkflowReplayResult) -> str | None:
    """Returns the failure with instructions; None where the history replays."""
    events, failure = len(result.history.events), result.replay_failure
    return f"after event {events}: {failure}\n{INSTRUCTIONS}" if failure else None


async def one_by_one(histories: Iterable[WorkflowHistory]) -> AsyncIterator[WorkflowHistory]:
    for history in histories:
        yield history


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}/{path.name[:-8]}")
async def test_history_replays_completely_and_up_to_every_wait(path: Path) -> None:
    history = recorded(path)
    histories = one_by_one((*history.open_states, history.whole))
    async with replayer().workflow_replay_iterator(histories) as results:
        async for result in results:
            if failure := failure_of(result):
                pytest.fail(failure, pytrace=False)


async def test_changed_order_of_commands_fails_every_replay() -> None:
    payments = (
        history for history in map(recorded, HISTORIES) if reference_from_workflow_id(history.workflow_id)
    )
    histories = one_by_one(history.whole for history in payments)
    async with replayer([ChangedPayment]).workflow_replay_iterator(histories) as results:
        async for result in results:
            assert INSTRUCTIONS in (failure_of(result) or ""), result.history.workflow_id


@pytest.mark.parametrize("status", STEPS)
async def test_additional_activity_in_a_step_fails_a_replay(
    status: PaymentStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = STEPS[status]

    async def longer_step(state: PaymentState, inquirer: Inquirer) -> None:
        await gateway.inquire(state.inquiry())
        await step(state, inquirer)

    monkeypatch.setitem(STEPS, status, longer_step)
    with_status = (history for history in map(recorded, HISTORIES) if status in history.statuses)
    histories = one_by_one(history.whole for history in with_status)
    async with replayer().workflow_replay_iterator(histories) as results:
        async for result in results:
            if INSTRUCTIONS in (failure_of(result) or ""):
                return
    pytest.fail(f"no history has the commands of a payment in status {status}")


async def test_additional_activity_in_a_late_notification_fails_its_replay() -> None:
    late = (history for history in map(recorded, HISTORIES) if history.workflow_type == LATE_NOTIFICATION)
    histories = one_by_one(history.whole for history in late)
    async with replayer([ChangedNotification]).workflow_replay_iterator(histories) as results:
        failures = [failure_of(result) async for result in results]
    assert failures
    assert all(INSTRUCTIONS in (failure or "") for failure in failures)


def test_replay_failure_names_an_existing_section() -> None:
    [section] = re.findall(r'CONTRIBUTING\.md, "(.+?)"', INSTRUCTIONS)
    assert f"\n## {section}\n" in (ROOT / "CONTRIBUTING.md").read_text()


def test_histories_contain_payments_in_every_status() -> None:
    seen = {status for path in HISTORIES for status in recorded(path).statuses}
    assert seen == {str(status) for status in PaymentStatus}


def test_histories_contain_no_machine_name() -> None:
    for path in HISTORIES:
        for event in recorded(path).events:
            attributes: Json = next((value for key, value in event.items() if key.endswith("Attributes")), {})
            assert attributes.get("identity", "recorded") == "recorded", path.name
