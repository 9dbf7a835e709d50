"""Histories as files, which `make histories` records from the payments of scenarios.

Each payment has one compressed JSON file, as Temporal exports it, without names of machines and processes.
"""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

FOLDER = Path(__file__).parents[2] / "replay" / "histories"
MAX_OPEN_STATES = 50
"""The number of open states up to which every one is replayed; longer histories repeat themselves."""
OPEN_STATES_OF_A_LONG_HISTORY = 20
RECORD = "RECORD_HISTORIES"
"""The environment variable that names the version whose histories are recorded."""

Json = dict[str, Any]

_IDENTITY = re.compile(r'"identity": "([^"]+)"')


def has_commands(history: WorkflowHistory) -> bool:
    """Returns whether a worker has completed a task of this run, so that there is something to replay."""
    return any(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED for event in history.events)


async def histories_of(client: Client, workflow_id: str) -> list[WorkflowHistory]:
    """Returns the histories of a workflow's runs, the first run first; none where it was not started."""
    histories: list[WorkflowHistory] = []
    run_id: str | None = None
    while run_id != "":
        try:
            history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            break
        histories.insert(0, history)
        started = history.events[0].workflow_execution_started_event_attributes
        run_id = started.continued_execution_run_id
    return histories


def record(history: WorkflowHistory, name: str, folder: Path) -> None:
    """Writes a history to a new file in the folder."""
    _write(
        {"workflowId": history.workflow_id, "history": json.loads(_anonymous(history.to_json()))},
        name,
        folder,
    )


def _write(content: Json, name: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # without a modification time, so that equal histories are equal files
    compressed = gzip.compress(json.dumps(content, separators=(",", ":")).encode(), mtime=0)
    _unused(folder, name).write_bytes(compressed)


def _anonymous(history: str) -> str:
    spaced = json.dumps(json.loads(history))
    for identity in {*_IDENTITY.findall(spaced)}:
        spaced = spaced.replace(identity, "recorded")
    return spaced


def _unused(folder: Path, name: str) -> Path:
    existing = sum(path.name.startswith(f"{name}.") for path in folder.iterdir())
    return folder / (f"{name}.{existing + 1}.json.gz" if existing else f"{name}.json.gz")


class RecordedHistory:
    """One recorded history."""

    def __init__(self, path: Path) -> None:
        self.path = path
        content: Json = json.loads(gzip.decompress(path.read_bytes()))
        self.workflow_id: str = content["workflowId"]
        self.events: list[Json] = content["history"]["events"]
        started: Json = self.events[0]["workflowExecutionStartedEventAttributes"]
        self.workflow_type: str = started["workflowType"]["name"]

    @cached_property
    def whole(self) -> WorkflowHistory:
        """The complete history, parsed once on demand, because that takes longer than its replay."""
        return WorkflowHistory.from_json(self.workflow_id, {"events": self.events})

    @property
    def open_states(self) -> Iterator[WorkflowHistory]:
        """The history up to each wait of the workflow, after which a new worker may continue it.

        Up to `MAX_OPEN_STATES` all of them; above, `OPEN_STATES_OF_A_LONG_HISTORY` at equal distances.
        """
        positions = list(self._positions())
        step = 1 if len(positions) <= MAX_OPEN_STATES else -(-len(positions) // OPEN_STATES_OF_A_LONG_HISTORY)
        return (self._until(position) for position in positions[::step])

    def _positions(self) -> Iterator[int]:
        for position, event in enumerate(self.events):
            is_scheduled = event["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_SCHEDULED"
            if is_scheduled and any(_is_completed_task(earlier) for earlier in self.events[:position]):
                yield position

    @property
    def statuses(self) -> set[str]:
        """The payment's statuses that were values of its search attribute."""
        updates = (event.get("upsertWorkflowSearchAttributesEventAttributes", {}) for event in self.events)
        fields = (attributes.get("searchAttributes", {}).get("indexedFields", {}) for attributes in updates)
        return {_decoded(field["PaymentStatus"]) for field in fields if "PaymentStatus" in field}

    def _until(self, position: int) -> WorkflowHistory:
        return WorkflowHistory(self.workflow_id, self.whole.events[:position])


@cache
def recorded(path: Path) -> RecordedHistory:
    """Returns the history in this file, which all tests share."""
    return RecordedHistory(path)


def _is_completed_task(event: Json) -> bool:
    return bool(event["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_COMPLETED")


def _decoded(payload: Json) -> str:
    return str(json.loads(base64.b64decode(payload["data"])))
