"""Gateway key and merchant key are changed while payments run: no call is refused, no payment is lost."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import httpx
import pytest

from holdfast import PaymentStatus
from tests.support.eventually import eventually
from tests.support.time_skipping import TimeSkipping
from tests.support.world import VISA, World, running_world
from tools.demo.key_change import KeyChange
from tools.local_stack.folder import KeyFiles
from tools.local_stack.ledger_client import LedgerClient

SHOP = "shop"
CONCURRENT = 3


class PaymentStream:
    """Authorizes and captures payments one after the other, a few concurrently."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = count()
        self._stopped = asyncio.Event()
        self.references: list[str] = []
        self.done: list[PaymentStatus] = []

    async def flow(self) -> None:
        while not self._stopped.is_set():
            reference = self._world.reference(f"stream-{next(self._numbers)}")
            self.references.append(reference)
            payments = self._world.payments
            await payments.authorize(await self._world.order(reference, card=VISA, merchantAccount=SHOP))
            await payments.capture(reference)
            self.done.append((await self._world.becomes(reference, PaymentStatus.CAPTURED)).status)

    async def wait_for_further_payments(self) -> None:
        """Waits until payments that were started after this call are captured."""
        target = len(self.done) + 2 * CONCURRENT
        await eventually(lambda: len(self.done) >= target, within=60)

    def stop(self) -> None:
        self._stopped.set()


@pytest.fixture(scope="module")
async def key_change_world(
    temporal: TimeSkipping, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[World, Path]]:
    folder = tmp_path_factory.mktemp("key_change_world")
    async with running_world(temporal, folder, task_queue="key_change_world", shops=(SHOP,)) as world:
        yield world, folder


async def test_change_of_both_keys_leaves_running_payments_unaffected(
    key_change_world: tuple[World, Path],
) -> None:
    world, folder = key_change_world
    before = world.simulator.keys.wire()
    stream, files = PaymentStream(world), KeyFiles(folder / "merchant.key", folder / "gateway.pub")

    async def reload() -> None:
        world.accounts.reload()

    async with httpx.AsyncClient() as http:
        change = KeyChange(LedgerClient(world.simulator.base_url, http), files, reload)
        # the last payments of the stream start after `stop` is called, and must not skip time either
        with world.env.with_time_skipping_disabled():
            async with asyncio.TaskGroup() as running:
                for _ in range(CONCURRENT):
                    running.create_task(stream.flow())
                for step in (change.add, change.switch, change.remove):
                    await stream.wait_for_further_payments()
                    await step()
                await stream.wait_for_further_payments()
                stream.stop()
    after = world.simulator.keys.wire()
    assert after["gatewayPublicKey"] != before["gatewayPublicKey"]
    assert not set(map(str, as_list(after))) & set(map(str, as_list(before)))
    await eventually(lambda: all(sent["acknowledged"] for sent in world.simulator.notifications()))
    assert_all_captured_once(world, stream)


def as_list(keys: dict[str, object]) -> list[object]:
    merchant = keys["merchantPublicKeys"]
    assert isinstance(merchant, list)
    return merchant


def assert_all_captured_once(world: World, stream: PaymentStream) -> None:
    """Checks the gateway's ledger, its calls, and the answers to its notifications."""
    assert len(stream.done) == len(stream.references) >= 8 * CONCURRENT
    for reference in stream.references:
        order = world.ledger(reference)
        assert (order["capturedAmount"], order["maxLiveAuthorizations"]) == (30000, 1), reference
    refused = [
        c for c in world.simulator.calls() if c["resultCode"] in ("SIGNATURE_INVALID", "CLIENT_INVALID")
    ]
    assert refused == []
    notifications = world.simulator.notifications()
    assert len(notifications) >= 2 * len(stream.references)
    assert [n for n in notifications if len(as_attempts(n)) != 1] == []


def as_attempts(notification: dict[str, object]) -> list[object]:
    attempts = notification["attempts"]
    assert isinstance(attempts, list)
    return attempts
