"""Gateway key and merchant key are changed while payments run: nothing is refused, and nothing is lost."""

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
AT_ONCE = 3


class Stream:
    """Payments that are authorized and captured one after the other, a few at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = count()
        self._over = asyncio.Event()
        self.references: list[str] = []
        self.done: list[PaymentStatus] = []

    async def flow(self) -> None:
        while not self._over.is_set():
            reference = self._world.reference(f"stream-{next(self._numbers)}")
            self.references.append(reference)
            payments = self._world.payments
            await payments.authorize(await self._world.order(reference, card=VISA, merchantAccount=SHOP))
            await payments.capture(reference)
            self.done.append((await self._world.becomes(reference, PaymentStatus.CAPTURED)).status)

    async def has_done_more(self) -> None:
        """Wait until payments that were started after this moment are through."""
        wanted = len(self.done) + 2 * AT_ONCE
        await eventually(lambda: len(self.done) >= wanted, within=60)

    def end(self) -> None:
        self._over.set()


@pytest.fixture(scope="module")
async def street(
    temporal: TimeSkipping, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[World, Path]]:
    folder = tmp_path_factory.mktemp("street")
    async with running_world(temporal, folder, task_queue="street", shops=(SHOP,)) as world:
        yield world, folder


async def test_both_keys_change_and_no_payment_notices(street: tuple[World, Path]) -> None:
    world, folder = street
    before = world.simulator.keys.wire()
    stream, files = Stream(world), KeyFiles(folder / "merchant.key", folder / "gateway.pub")

    async def take() -> None:
        world.book.reload()

    async with httpx.AsyncClient() as http, asyncio.TaskGroup() as running:
        change = KeyChange(LedgerClient(world.simulator.base_url, http), files, take)
        with world.env.with_time_skipping_disabled():
            for _ in range(AT_ONCE):
                running.create_task(stream.flow())
            for step in (change.add, change.switch, change.remove):
                await stream.has_done_more()
                await step()
            await stream.has_done_more()
            stream.end()
    after = world.simulator.keys.wire()
    assert after["gatewayPublicKey"] != before["gatewayPublicKey"]
    assert not set(map(str, as_list(after))) & set(map(str, as_list(before)))
    await eventually(lambda: all(sent["acknowledged"] for sent in world.simulator.notifications()))
    assert_all_is_well(world, stream)


def as_list(keys: dict[str, object]) -> list[object]:
    merchant = keys["merchantPublicKeys"]
    assert isinstance(merchant, list)
    return merchant


def assert_all_is_well(world: World, stream: Stream) -> None:
    """By the gateway's ledger, the list of its calls, and the answers to its notifications."""
    assert len(stream.done) == len(stream.references) >= 8 * AT_ONCE
    for reference in stream.references:
        order = world.ledger(reference)
        assert (order["capturedAmount"], order["maxLiveAuthorizations"]) == (30000, 1), reference
    refused = [
        c for c in world.simulator.calls() if c["resultCode"] in ("SIGNATURE_INVALID", "CLIENT_INVALID")
    ]
    assert refused == []
    told = world.simulator.notifications()
    assert len(told) >= 2 * len(stream.references)
    assert [n for n in told if len(as_attempts(n)) != 1] == []


def as_attempts(notification: dict[str, object]) -> list[object]:
    attempts = notification["attempts"]
    assert isinstance(attempts, list)
    return attempts
