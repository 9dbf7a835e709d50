"""A Temporal server accepts every query and every list command of docs/operations.md as it stands there."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from temporalio.client import Client

from tests.support.services.fixtures import temporal
from tools.local_stack.temporal_server import PROGRAM

__all__ = ["temporal"]
PAGE = (Path(__file__).resolve().parents[4] / "docs" / "operations.md").read_text()
COMMANDS = sorted({*re.findall(r"`?(temporal workflow (?:list|count) [^`\n]+)`?", PAGE)})
QUERIES = sorted(
    {*re.findall(r"`((?:NeedsReview|WorkflowType|PaymentStatus|OutcomeDue|\w+Id|Temporal\w+) [^`]+)`", PAGE)}
)


def test_page_has_commands_and_queries() -> None:
    assert len(COMMANDS) >= 8
    assert len(QUERIES) >= 8


@pytest.mark.parametrize("query", QUERIES)
async def test_query_is_accepted(temporal: Client, query: str) -> None:
    assert (await temporal.count_workflows(query)).count >= 0


@pytest.mark.parametrize("command", COMMANDS)
async def test_command_runs_in_a_shell(temporal: Client, command: str) -> None:
    process = await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-c",
        command,
        env={
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
            "HOME": "/nonexistent",
            "TEMPORAL_ADDRESS": temporal.service_client.config.target_host,
            "TEMPORAL_NAMESPACE": temporal.namespace,
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
