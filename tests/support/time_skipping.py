"""A Temporal development server whose workflows can skip time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from holdfast.temporal.connection import data_converter
from holdfast.temporal.search_attributes import ALL
from tests.support.dev_server import started
from tests.support.leaks.scanned import codec_keys, database_options, search
from tools.local_stack.temporal_server import PROGRAM

T = TypeVar("T")
_MAX_STEPS = 100
_STEP_TIMEOUT = 0.1
"""Seconds that the awaited result has after each step before the next one."""
_DYNAMIC = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"1ms"',
    "history.timerProcessorMaxPollRPS": "1000",
    "history.transferProcessorMaxPollRPS": "1000",
    # the longest wait between two attempts of a failing workflow task, by default ten minutes
    "history.workflowTaskRetryMaxInterval": '"1s"',
}


class TimeSkipping:
    """Skips time for single workflows of a development server.

    With the SDK's own `with_time_skipping_disabled`, the last of two overlapping blocks restores the disabled
    state that it found, and no workflow skips time afterwards. The blocks of this class may overlap.
    """

    def __init__(self, env: WorkflowEnvironment) -> None:
        self._env = env
        self._blocks = 0
        self._disabled = ExitStack()

    @property
    def client(self) -> Client:
        """The client that starts workflows with time skipping."""
        return self._env.client

    async def fast_forward(self, handle: WorkflowHandle[Any, Any], duration: timedelta) -> bool:
        """Skips time for one workflow. Returns whether it is still running."""
        return await self._env.fast_forward(handle, duration)

    async def skip_until_done(
        self, handle: WorkflowHandle[Any, Any], awaited: Awaitable[T], step: timedelta
    ) -> T:
        """Returns the awaited result while time is skipped in steps for one running workflow."""
        waiting = asyncio.ensure_future(awaited)
        for _ in range(_MAX_STEPS):
            await asyncio.wait({waiting}, timeout=_STEP_TIMEOUT)
            if waiting.done():
                return await waiting
            await self._step(handle, step)
        waiting.cancel()
        raise AssertionError(f"{handle.id}: {_MAX_STEPS} steps of {step} were not enough")

    async def _step(self, handle: WorkflowHandle[Any, Any], step: timedelta) -> None:
        try:
            await self.fast_forward(handle, step)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    @contextmanager
    def with_time_skipping_disabled(self) -> Iterator[None]:
        """Disables time skipping for workflows that are started inside, unless they are fast-forwarded."""
        if not self._blocks:
            self._disabled.enter_context(self._env.with_time_skipping_disabled())
        self._blocks += 1
        try:
            yield
        finally:
            self._blocks -= 1
            if not self._blocks:
                self._disabled.close()


@asynccontextmanager
async def time_skipping_server(**limits: int) -> AsyncIterator[TimeSkipping]:
    """Runs the server until the end of the block.

    `limits` are limits of histories by the name of their setting, such as `suggestContinueAsNew`.
    """
    settings = {f"limit.historyCount.{name}": str(value) for name, value in limits.items()}
    async with await started(lambda: _start(settings)) as env:
        yield TimeSkipping(env)
        await search(env.client)


async def _start(settings: Mapping[str, str]) -> WorkflowEnvironment:
    values = {**_DYNAMIC, **settings}
    pairs = (("--dynamic-config-value", f"{key}={value}") for key, value in values.items())
    return await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(PROGRAM),
        dev_server_extra_args=[*(part for pair in pairs for part in pair), *database_options()],
        data_converter=data_converter(codec_keys()),
        search_attributes=list(ALL),
    )
