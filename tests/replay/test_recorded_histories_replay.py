"""Payments live for weeks and workers are deployed daily: new code must go on with any payment of the old.

Every scenario's history is replayed, as a whole and as it stood at each moment when its payment was waiting.
"""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowReplayResult

from holdfast.status import PaymentStatus
from holdfast.temporal.connection import data_converter
from holdfast.temporal.names import LATE_NOTIFICATION, reference_from_workflow_id
from tests.support.replay.changed import ChangedNotification, ChangedPayment
from tests.support.replay.keeping import ROOT
from tests.support.replay.recording import FOLDER, Json, recorded
from workflows import WORKFLOWS
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.steps import STEPS

HISTORIES = sorted(FOLDER.rglob("*.json.gz"))
WHAT_TO_DO = """
The commands of the workflow have changed: payments under way would stop here.
Keep the old order of commands for them behind a named version (workflows/versions.py; CONTRIBUTING.md,
"Change a workflow"). Histories of a released version are never recorded again.
"""


def replayer(workflows: Sequence[type] = WORKFLOWS) -> Replayer:
    """Without the sandbox, which changes no command and takes most of the time."""
    runner = UnsandboxedWorkflowRunner()
    return Replayer(workflows=workflows, workflow_runner=runner, data_converter=data_converter())


def complaint(result: WorkflowReplayResult) -> str | None:
    """What is wrong, and what to do; None where the history replays."""
    events, wrong = len(result.history.events), result.replay_failure
    return f"after event {events}: {wrong}\n{WHAT_TO_DO}" if wrong else None


async def one_by_one(histories: Iterable[WorkflowHistory]) -> AsyncIterator[WorkflowHistory]:
    for history in histories:
        yield history


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}/{path.name[:-8]}")
async def test_history_replays_completely_and_up_to_every_wait(path: Path) -> None:
    history = recorded(path)
    histories = one_by_one((*history.open_states, history.whole))
    async with replayer().workflow_replay_iterator(histories) as results:
        async for result in results:
            if wrong := complaint(result):
                pytest.fail(wrong, pytrace=False)


async def test_changed_order_of_commands_fails_every_replay() -> None:
    payments = (
        history for history in map(recorded, HISTORIES) if reference_from_workflow_id(history.workflow_id)
    )
    histories = one_by_one(history.whole for history in payments)
    async with replayer([ChangedPayment]).workflow_replay_iterator(histories) as results:
        async for result in results:
            assert WHAT_TO_DO in (complaint(result) or ""), result.history.workflow_id


@pytest.mark.parametrize("status", STEPS)
async def test_additional_activity_in_a_step_fails_a_replay(
    status: PaymentStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = STEPS[status]

    async def longer_step(state: PaymentState, inquirer: Inquirer) -> None:
        await gateway.inquire(state.inquiry())
        await step(state, inquirer)

    monkeypatch.setitem(STEPS, status, longer_step)
    been_there = (history for history in map(recorded, HISTORIES) if status in history.statuses)
    histories = one_by_one(history.whole for history in been_there)
    async with replayer().workflow_replay_iterator(histories) as results:
        async for result in results:
            if WHAT_TO_DO in (complaint(result) or ""):
                return
    pytest.fail(f"no history knows what a payment does while it is {status}")


async def test_additional_activity_in_a_late_notification_fails_its_replay() -> None:
    late = (history for history in map(recorded, HISTORIES) if history.workflow_type == LATE_NOTIFICATION)
    histories = one_by_one(history.whole for history in late)
    async with replayer([ChangedNotification]).workflow_replay_iterator(histories) as results:
        complaints = [complaint(result) async for result in results]
    assert complaints
    assert all(WHAT_TO_DO in (said or "") for said in complaints)


def test_replay_failure_names_an_existing_section() -> None:
    [section] = re.findall(r'CONTRIBUTING\.md, "(.+?)"', WHAT_TO_DO)
    assert f"\n## {section}\n" in (ROOT / "CONTRIBUTING.md").read_text()


def test_histories_contain_payments_in_every_status() -> None:
    seen = {status for path in HISTORIES for status in recorded(path).statuses}
    assert seen == {str(status) for status in PaymentStatus}


def test_histories_contain_no_machine_name() -> None:
    for path in HISTORIES:
        for event in recorded(path).events:
            attributes: Json = next((value for key, value in event.items() if key.endswith("Attributes")), {})
            assert attributes.get("identity", "recorded") == "recorded", path.name
