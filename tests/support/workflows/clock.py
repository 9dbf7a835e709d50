"""Temporal's workflow clock in a test: time passes only in waits, and each wait is written down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


class FirstRun:
    """The information about the first run of a workflow, of which this class has what a payment reads."""

    def info(self) -> "FirstRun":
        """The information about the workflow."""
        return self

    @property
    def workflow_start_time(self) -> datetime:
        """When the workflow was started."""
        return START

    @property
    def first_execution_run_id(self) -> str:
        """The run id of the workflow's first execution."""
        return "first-run"


class Clock(FirstRun):
    """Stands in for `temporalio.workflow` in one module."""

    def __init__(self) -> None:
        self.time = START
        self.waits: list[timedelta] = []
        self.changes: dict[int, Callable[[], None]] = {}
        """What happens during the n-th wait, counted from 0, and ends it early."""

    def now(self) -> datetime:
        """The time of the workflow."""
        return self.time

    async def wait_condition(
        self,
        condition: Callable[[], bool],
        *,
        timeout: timedelta,  # noqa: ASYNC109 - the parameter's name is Temporal's
        timeout_summary: str | None = None,
    ) -> None:
        """Let the time pass. Raises TimeoutError unless the condition is true then."""
        number = len(self.waits)
        self.waits.append(timeout)
        if change := self.changes.get(number):
            change()
        else:
            self.time += timeout
        if not condition():
            raise TimeoutError
