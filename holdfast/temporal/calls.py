"""A call to Temporal with a time limit, whose errors are those of `holdfast.errors`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError

from holdfast.errors import PaymentUnavailable
from holdfast.temporal.rpc_errors import TEMPORAL_ERRORS, to_holdfast_error, unreachable
from holdfast.temporal.server import is_connect_failure, server_of


def cancellations() -> int:
    """Returns how often the current task was cancelled by another one, and has not ended yet."""
    task = asyncio.current_task()
    return task.cancelling() if task else 0


@asynccontextmanager
async def translated(client: Client, about: str) -> AsyncIterator[None]:
    """Raises an error of `holdfast.errors` in place of each error of Temporal's client.

    Args:
        client: The Temporal client that makes the calls of the block.
        about: What the calls are about, as in "payment ORDER_1".
    """
    before = cancellations()
    try:
        yield
    except RuntimeError as error:
        if not is_connect_failure(error):
            raise
        raise unreachable(about, server_of(client)) from error
    except TEMPORAL_ERRORS as error:
        if cancellations() > before:
            # Temporal's client reports the caller's own cancellation as an error of the update
            raise asyncio.CancelledError from error
        if isinstance(error, WorkflowUpdateRPCTimeoutOrCancelledError):
            raise TimeoutError from error
        raise to_holdfast_error(error, about, server_of(client)) from error


@asynccontextmanager
async def answered(client: Client, about: str, within: timedelta) -> AsyncIterator[None]:
    """Raises as `translated` does, and `PaymentUnavailable` where the block has no answer in time."""
    seconds = within.total_seconds()
    try:
        async with asyncio.timeout(seconds), translated(client, about):
            yield
    except TimeoutError:
        raise PaymentUnavailable(
            f"{about}: no answer within {seconds:g} s from Temporal or a worker, which may have the request: "
            "make the same call again"
        ) from None
