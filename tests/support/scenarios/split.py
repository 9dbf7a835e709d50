"""Workers that come and go: what is sent while no worker runs the workflows meets in one activation."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from holdfast import PaymentClient
from tests.support.world import World
from worker import build_worker


class Split:
    """A task queue of its own, with a worker for its activities and another one for its workflows."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._queue = f"split-{secrets.token_hex(4)}"
        self.payments = PaymentClient(
            world.client, vault=world.vault, answer_within=timedelta(seconds=60), task_queue=self._queue
        )

    @asynccontextmanager
    async def activities(self) -> AsyncIterator[None]:
        """Inside, activities run."""
        calls, grace = self._world.activities, timedelta(seconds=5)
        async with build_worker(self._world.client, calls, workflows=(), task_queue=self._queue, grace=grace):
            yield

    @asynccontextmanager
    async def workflows(self) -> AsyncIterator[None]:
        """Inside, workflows run."""
        async with build_worker(self._world.client, (), task_queue=self._queue):
            yield
