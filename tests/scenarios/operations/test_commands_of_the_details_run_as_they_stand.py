"""A command copied from the details of a payment into a shell does what its title says.

The operator fills in the texts of a resolution, and nothing else.
"""

import asyncio
import os
import re
from datetime import timedelta

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata

from holdfast import PaymentStatus
from holdfast.statuses.attempt_status import AttemptStatus
from tests.support.eventually import eventually
from tests.support.world import World
from tools.local_stack.temporal_server import PROGRAM


async def _command(world: World, reference: str, title: str) -> str:
    """Returns the command with this title, as the details of the payment show it."""
    metadata: WorkflowMetadata = await world.handle(reference).query("__temporal_workflow_metadata")
    _, _, after = metadata.current_details.partition(f"# {title}\n")
    assert after, metadata.current_details
    return re.split(r"^(?:# |```)", after, flags=re.MULTILINE)[0]


async def _run(world: World, command: str) -> str:
    """Runs the command in a shell, as the user `ops-7`. Returns its output."""
    process = await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-c",
        command,
        env={
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
            "USER": "ops-7",
            "HOME": "/nonexistent",
            "TEMPORAL_ADDRESS": world.client.service_client.config.target_host,
            "TEMPORAL_NAMESPACE": world.client.namespace,
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, f"{command}\n{output.decode()}"
    return output.decode()


async def _copied(world: World, reference: str, title: str, *, force: bool = False) -> str:
    """Runs a command of the details with its texts filled in, and with force where the record is open."""
    command = await _command(world, reference, title)
    for field, text in (("reason", "seen"), ("evidence", "dashboard, 14:02")):
        command = command.replace(f'"{field}": ""', f'"{field}": "{text}"')
    if force:
        command = command.replace('"dashboard, 14:02"', '"dashboard, 14:02", "force": true')
    return await _run(world, command)


async def test_copied_refresh_and_capture_take_the_money(world: World) -> None:
    reference = world.reference("copied-capture")
    await world.authorize(reference)
    assert "AUTHORIZED" in await _copied(world, reference, "ask the gateway now")
    assert "CAPTURED" in await _copied(world, reference, "capture what is authorized")
    assert (await world.handle(reference).result()).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_copied_cancel_releases_what_is_held(world: World) -> None:
    reference = world.reference("copied-cancel")
    await world.authorize(reference)
    await _copied(world, reference, "cancel, and release what is held")
    assert (await world.handle(reference).result()).status is PaymentStatus.CANCELLED
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_copied_acknowledgement_ends_the_review(world: World) -> None:
    reference = world.reference("copied-acknowledgement")
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "wrong_amount")
    await world.buyer(reference, "pay")
    assert (await world.becomes(reference, PaymentStatus.AUTHORIZED)).review is not None
    await _copied(world, reference, "acknowledge the review, which decides nothing")
    payment = await world.payments.get(reference)
    assert payment.review is None
    assert payment.events[-1].detail == "ops-7: seen (evidence: dashboard, 14:02)"
    await world.payments.cancel(reference, "end of the test")


@pytest.mark.parametrize(
    ("title", "action", "status"),
    [
        ("the payment has succeeded", "pay", AttemptStatus.AUTHORIZED),
        ("the payment has failed", "fail", AttemptStatus.DECLINED),
    ],
)
async def test_copied_resolution_of_a_payment_is_applied(
    world: World, title: str, action: str, status: AttemptStatus
) -> None:
    reference = world.reference("copied-resolution")
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "inquiryPayment", "wrong_amount", times=-1)
    await world.buyer(reference, action)
    assert (await world.payments.refresh(reference)).status is PaymentStatus.NEEDS_REVIEW
    await _copied(world, reference, title, force=action == "pay")
    payment = await world.payments.get(reference)
    assert (payment.attempt.status, payment.review) == (status, None)
    world.simulator.clear_faults(reference)
    await world.payments.cancel(reference, "end of the test")


async def test_copied_resolution_of_a_capture_is_applied(world: World) -> None:
    reference = world.reference("copied-resolution-of-a-capture")
    await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "capture", "in_process", seconds=5 * 86_400)
    capturing = asyncio.create_task(world.payments.capture(reference))
    await eventually(lambda: bool(world.calls(reference, "capture")))
    await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(hours=5))
    await capturing
    await _copied(world, reference, "the capture has succeeded", force=True)
    assert (await world.handle(reference).result()).status is PaymentStatus.CAPTURED
