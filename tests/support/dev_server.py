"""Repeated starts of a Temporal dev server: the SDK's limit of five seconds is short under load."""

from collections.abc import Awaitable, Callable

from temporalio.testing import WorkflowEnvironment


async def started(start: Callable[[], Awaitable[WorkflowEnvironment]], tries: int = 5) -> WorkflowEnvironment:
    """Calls `start` until it succeeds, `tries` times at most. Raises the RuntimeError of the last one."""
    try:
        return await start()
    except RuntimeError:
        if tries == 1:
            raise
        return await started(start, tries - 1)
