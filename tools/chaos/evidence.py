"""Keeps the workflow histories of payments that broke a rule, for the analysis."""

from collections.abc import Sequence
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from holdfast.temporal.names import workflow_id
from tools.chaos.checks.run_record import Violation

_MAX_HISTORIES = 25


async def keep_histories(client: Client, violations: Sequence[Violation], folder: Path) -> None:
    """Writes the histories of the first payments that broke a rule into the folder."""
    references = list(dict.fromkeys(violation.reference for violation in violations))[:_MAX_HISTORIES]
    for reference in references:
        try:
            history = await client.get_workflow_handle(workflow_id(reference)).fetch_history()
        except RPCError:
            continue
        _write(folder / f"{reference}.json", history.to_json())


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
