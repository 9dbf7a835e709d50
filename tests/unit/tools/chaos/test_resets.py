"""A workflow is reset to a point that undoes no command of the merchant."""

import pytest
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType
from temporalio.api.history.v1 import HistoryEvent

from tools.chaos.faults.resets import excluded_messages, reset_points

TASK = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
SIGNAL = ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL
UPDATE = ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE
ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED


def history(*steps: str) -> list[HistoryEvent]:
    """Returns a history: each step is a completed task, or else an update with this name."""
    events = []
    for number, step in enumerate(steps, 1):
        event = HistoryEvent(event_id=number, event_type=TASK if step == "task" else ACCEPTED)
        if step != "task":
            request = event.workflow_execution_update_accepted_event_attributes.accepted_request
            request.input.name = step.removeprefix("?")
            if step.startswith("?"):
                request.Clear()
        events.append(event)
    return events


@pytest.mark.parametrize(
    ("steps", "points"),
    [
        ((), []),
        (("task", "authorize", "task", "refresh", "task"), [1, 3, 5]),
        (("task", "authorize", "task", "capture", "task", "task"), [5, 6]),
        (("task", "retry", "task", "cancel", "task"), [5]),
        (("task", "task", "resolve"), [2]),
        (("task", "?capture", "task"), [3]),
    ],
)
def test_reset_points_come_after_the_last_command(steps: tuple[str, ...], points: list[int]) -> None:
    assert list(reset_points(history(*steps))) == points


@pytest.mark.parametrize(
    ("steps", "excluded"),
    [
        (("task", "authorize", "refresh"), [SIGNAL, UPDATE]),
        (("task", "authorize", "capture"), [SIGNAL]),
        (("task", "?capture"), [SIGNAL]),
    ],
)
def test_updates_are_applied_again_only_where_a_command_would_be_undone(
    steps: tuple[str, ...], excluded: list[int]
) -> None:
    assert list(excluded_messages(history(*steps), 1)) == excluded
