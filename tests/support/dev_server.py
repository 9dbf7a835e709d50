"""A dev server on a machine that has other work: the SDK gives it five seconds to start, which is little."""

from collections.abc import Awaitable, Callable

from temporalio.testing import WorkflowEnvironment


async def started(start: Callable[[], Awaitable[WorkflowEnvironment]], tries: int = 5) -> WorkflowEnvironment:
    """What `start` starts. Raises the RuntimeError of the last try."""
    try:
        return await start()
    except RuntimeError:
        if tries == 1:
            raise
        return await started(start, tries - 1)
