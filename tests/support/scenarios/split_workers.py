"""Workers that are started and stopped, so that messages sent meanwhile are handled in one activation."""

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from holdfast import PaymentClient
from tests.support.world import World
from worker import build_worker


class SplitWorkers:
    """A task queue of its own, with one worker for activities and another one for workflows."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._queue = f"split-{secrets.token_hex(4)}"
        self.payments = PaymentClient(
            world.client, vault=world.vault, answer_within=timedelta(seconds=60), task_queue=self._queue
        )

    @asynccontextmanager
    async def activities(self, other: Sequence[Callable[..., object]] = ()) -> AsyncIterator[None]:
        """Runs a worker for the world's activities during the block, or for others than these."""
        activities, grace = other or self._world.activities, timedelta(seconds=5)
        async with build_worker(
            self._world.client, activities, workflows=(), task_queue=self._queue, grace=grace
        ):
            yield

    @asynccontextmanager
    async def workflows(self) -> AsyncIterator[None]:
        """Runs the worker for workflows during the block."""
        async with build_worker(self._world.client, (), task_queue=self._queue):
            yield
