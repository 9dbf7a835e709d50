"""Histories as files: `make histories` lets scenarios leave their payments' histories here.

One compressed JSON file per payment, as Temporal exports it, without the names of machines and processes.
"""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

FOLDER = Path(__file__).parents[2] / "replay" / "histories"
MOST_MOMENTS = 50
"""A history with more moments than these repeats itself."""
OF_A_LONG_HISTORY = 20
RECORD = "RECORD_HISTORIES"
"""The environment variable that names the version whose histories are recorded."""

Json = dict[str, Any]

_IDENTITY = re.compile(r'"identity": "([^"]+)"')


async def history_of(client: Client, workflow_id: str) -> WorkflowHistory | None:
    """Returns the history of a workflow, or None when no such workflow was started."""
    try:
        return await client.get_workflow_handle(workflow_id).fetch_history()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None


def record(history: WorkflowHistory, name: str, folder: Path) -> None:
    """Writes a history."""
    _write(
        {"workflowId": history.workflow_id, "history": json.loads(_anonymous(history.to_json()))},
        name,
        folder,
    )


def _write(content: Json, name: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # no time of writing, so that the same history is the same file
    compressed = gzip.compress(json.dumps(content, separators=(",", ":")).encode(), mtime=0)
    _unused(folder, name).write_bytes(compressed)


def _anonymous(history: str) -> str:
    spaced = json.dumps(json.loads(history))
    for identity in {*_IDENTITY.findall(spaced)}:
        spaced = spaced.replace(identity, "recorded")
    return spaced


def _unused(folder: Path, name: str) -> Path:
    taken = sum(path.name.startswith(f"{name}.") for path in folder.iterdir())
    return folder / (f"{name}.{taken + 1}.json.gz" if taken else f"{name}.json.gz")


class Recorded:
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
        """The whole history, parsed once and on demand, because parsing takes longer than a replay."""
        return WorkflowHistory.from_json(self.workflow_id, {"events": self.events})

    @property
    def open_states(self) -> Iterator[WorkflowHistory]:
        """The history up to each moment at which the worker was idle, where another worker can take over.

        All moments where there are up to `MOST_MOMENTS`, otherwise about `OF_A_LONG_HISTORY`, evenly spread.
        """
        moments = list(self._moments())
        every = 1 if len(moments) <= MOST_MOMENTS else -(-len(moments) // OF_A_LONG_HISTORY)
        return (self._until(position) for position in moments[::every])

    def _moments(self) -> Iterator[int]:
        for position, event in enumerate(self.events):
            is_scheduled = event["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_SCHEDULED"
            if is_scheduled and any(_is_completed_task(earlier) for earlier in self.events[:position]):
                yield position

    @property
    def statuses(self) -> set[str]:
        """The payment's statuses, as its search attribute has reported them."""
        updates = (event.get("upsertWorkflowSearchAttributesEventAttributes", {}) for event in self.events)
        fields = (attributes.get("searchAttributes", {}).get("indexedFields", {}) for attributes in updates)
        return {_decoded(field["PaymentStatus"]) for field in fields if "PaymentStatus" in field}

    def _until(self, position: int) -> WorkflowHistory:
        return WorkflowHistory(self.workflow_id, self.whole.events[:position])


@cache
def recorded(path: Path) -> Recorded:
    """Returns the history in this file; all tests share it."""
    return Recorded(path)


def _is_completed_task(event: Json) -> bool:
    return bool(event["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_COMPLETED")


def _decoded(payload: Json) -> str:
    return str(json.loads(base64.b64decode(payload["data"])))
