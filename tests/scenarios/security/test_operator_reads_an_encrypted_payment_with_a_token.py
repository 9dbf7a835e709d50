"""An operator reads and updates an encrypted payment with the `temporal` command and the codec server."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from holdfast import PaymentStatus
from holdfast.temporal.names import workflow_id
from tests.support.services.service_process import running_process
from tests.support.time_skipping import TimeSkipping
from tests.support.world import CODEC_KEY, World
from tools.local_stack.temporal_server import PROGRAM

TOKEN = "operator-" + "o" * 32
ENCRYPTED = base64.b64encode(b"binary/encrypted").decode()


@dataclass(frozen=True)
class CommandLine:
    """The `temporal` program for one payment; `codec` are its options for the codec server."""

    address: str
    codec: tuple[str, ...]

    async def run(self, reference: str, *arguments: str, codec: bool = True) -> tuple[int, str]:
        options = ["--address", self.address, "--workflow-id", workflow_id(reference)]
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            "workflow",
            *arguments,
            *options,
            *(self.codec if codec else ()),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={"HOME": "/nonexistent"},
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()


@pytest.fixture
async def endpoint() -> AsyncIterator[str]:
    """The URL of a running codec server."""
    environment = {
        "HOLDFAST_CODEC_KEYS": CODEC_KEY,
        "HOLDFAST_CODEC_TOKENS": f"ops-7:{TOKEN}",
        "HOLDFAST_CODEC_BIND": "127.0.0.1:0",
    }
    async with running_process("codec_server.py", environment) as server:
        listening = await server.wait_for_log(r"listening on (127\.0\.0\.1:\d+)")
        yield f"http://{listening[1]}"


@pytest.fixture
def operator(sealed: World, endpoint: str) -> CommandLine:
    address = sealed.client.service_client.config.target_host
    return CommandLine(address, ("--codec-endpoint", endpoint, "--codec-auth", f"Bearer {TOKEN}"))


async def authorized(sealed: World, story: str) -> str:
    reference = sealed.reference(story)
    await sealed.authorize(reference)
    return reference


async def test_history_is_decrypted_with_a_token_only(
    sealed: World, operator: CommandLine, endpoint: str
) -> None:
    reference = await authorized(sealed, "cli-show")
    status, clear = await operator.run(reference, "show", "--detailed")
    assert status == 0
    assert "orderDescription: Two cups" in clear
    assert f"userMetadata.summary: EUR 300.00 · {reference} · MANUAL" in clear
    assert ENCRYPTED not in clear
    status, stored = await operator.run(reference, "show", "--detailed", codec=False)
    assert status == 0
    assert "Two cups" not in stored
    assert ENCRYPTED in stored
    without_token = CommandLine(
        operator.address, ("--codec-endpoint", endpoint, "--codec-auth", "Bearer guess")
    )
    status, refused = await without_token.run(reference, "show", "--detailed", "--command-timeout", "5s")
    assert status != 0
    assert "Two cups" not in refused
    await sealed.payments.cancel(reference, "end of the test")


async def test_query_and_update_of_an_operator_are_encrypted(
    sealed: World, operator: CommandLine, temporal: TimeSkipping
) -> None:
    reference = await authorized(sealed, "cli-cancel")
    status, answer = await operator.run(reference, "query", "--name", "payment")
    assert status == 0
    assert '"AUTHORIZED"' in answer
    status, answer = await operator.run(reference, "update", "execute", "--name", "refresh")
    assert status == 0, answer
    update = json.dumps({"reason": "the buyer Ada called"})
    status, answer = await operator.run(reference, "update", "execute", "--name", "cancel", "--input", update)
    assert status == 0, answer
    assert "status:CANCELLED" in answer
    assert (await sealed.payments.get(reference)).status is PaymentStatus.CANCELLED
    history = await temporal.client.get_workflow_handle(workflow_id(reference)).fetch_history()
    assert b"Ada" not in b"".join(event.SerializeToString() for event in history.events)
