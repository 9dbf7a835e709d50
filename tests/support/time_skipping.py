"""A Temporal development server whose workflows can skip time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.testing import WorkflowEnvironment

from holdfast.temporal.connection import data_converter
from holdfast.temporal.search_attributes import ALL
from tests.support.dev_server import started
from tests.support.leaks.scanned import codec_keys, database_options, search
from tools.local_stack.temporal_server import PROGRAM

_DYNAMIC = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"1ms"',
    "history.timerProcessorMaxPollRPS": "1000",
    "history.transferProcessorMaxPollRPS": "1000",
    # the longest wait between two attempts of a failing workflow task, by default ten minutes
    "history.workflowTaskRetryMaxInterval": '"1s"',
}


@asynccontextmanager
async def time_skipping_server() -> AsyncIterator[WorkflowEnvironment]:
    """Runs the server until the end of the block."""
    async with await started(_start) as env:
        yield env
        await search(env.client)


async def _start() -> WorkflowEnvironment:
    pairs = (("--dynamic-config-value", f"{key}={value}") for key, value in _DYNAMIC.items())
    return await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(PROGRAM),
        dev_server_extra_args=[*(part for pair in pairs for part in pair), *database_options()],
        data_converter=data_converter(codec_keys()),
        search_attributes=list(ALL),
    )
