"""Workers that are started and stopped, so that messages sent meanwhile are handled in one activation."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import Client

from holdfast import Payment, PaymentClient
from holdfast.order import CancelRequest, RetryRequest
from holdfast.temporal.calls import translated
from tests.support.eventually import eventually
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

    async def sent(
        self, reference: str, update: str, request: RetryRequest | CancelRequest
    ) -> asyncio.Task[Payment]:
        """Sends an update, and waits until the server has it. Returns the task that awaits its result.

        The task raises the package's error where the update is refused, as the client does.
        """
        update_id = secrets.token_hex(8)
        executing = self._world.handle(reference).execute_update(
            update, request, id=update_id, result_type=Payment
        )
        task = asyncio.create_task(_with_errors(self._world.client, executing))
        await eventually(lambda: self._world.has_update(reference, update_id))
        return task

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


async def _with_errors(client: Client, executing: Awaitable[Payment]) -> Payment:
    async with translated(client, "a payment"):
        return await executing
