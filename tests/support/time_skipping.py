"""A Temporal development server whose workflows can skip time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
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
_MOST_STEPS = 100
_BETWEEN_STEPS = 0.1
"""Seconds in which what a step has brought about can begin."""
_DYNAMIC = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"1ms"',
    "history.timerProcessorMaxPollRPS": "1000",
    "history.transferProcessorMaxPollRPS": "1000",
    # the longest wait between two attempts of a failing workflow task, by default ten minutes
    "history.workflowTaskRetryMaxInterval": '"1s"',
}


class TimeSkipping:
    """The server's time, payment by payment.

    Of two blocks of the SDK's own that overlap, the one that is left last restores what it found: no workflow
    skips time any more, and all that follows waits for real. Blocks of this one may overlap.
    """

    def __init__(self, env: WorkflowEnvironment) -> None:
        self._env = env
        self._blocks = 0
        self._disabled = ExitStack()

    @property
    def client(self) -> Client:
        """By which workflows are started that skip time."""
        return self._env.client

    async def fast_forward(self, handle: WorkflowHandle[Any, Any], duration: timedelta) -> bool:
        """Let time pass for one workflow; whether it still runs."""
        return await self._env.fast_forward(handle, duration)

    async def pass_until(self, handle: WorkflowHandle[Any, Any], awaited: Awaitable[T], step: timedelta) -> T:
        """What is awaited, while time passes step by step for one workflow, as long as it runs."""
        waiting = asyncio.ensure_future(awaited)
        for _ in range(_MOST_STEPS):
            await asyncio.wait({waiting}, timeout=_BETWEEN_STEPS)
            if waiting.done():
                return await waiting
            await self._step(handle, step)
        waiting.cancel()
        raise AssertionError(f"{handle.id}: {_MOST_STEPS} steps of {step} were not enough")

    async def _step(self, handle: WorkflowHandle[Any, Any], step: timedelta) -> None:
        try:
            await self.fast_forward(handle, step)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    @contextmanager
    def with_time_skipping_disabled(self) -> Iterator[None]:
        """Workflows that are started inside wait for real, unless they are fast-forwarded."""
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
async def time_skipping_server() -> AsyncIterator[TimeSkipping]:
    """Runs the server until the end of the block."""
    async with await started(_start) as env:
        yield TimeSkipping(env)
        await search(env.client)


async def _start() -> WorkflowEnvironment:
    pairs = (("--dynamic-config-value", f"{key}={value}") for key, value in _DYNAMIC.items())
    return await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(PROGRAM),
        dev_server_extra_args=[*(part for pair in pairs for part in pair), *database_options()],
        data_converter=data_converter(codec_keys()),
        search_attributes=list(ALL),
    )
