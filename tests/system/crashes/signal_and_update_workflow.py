"""A workflow that does one thing after a signal and another one after an update."""

from datetime import timedelta

from temporalio import workflow


@workflow.defn
class SignalAndUpdateWorkflow:
    """The order of its commands shows in which order it has received the two messages."""

    def __init__(self) -> None:
        self._signals = 0
        self._is_finished = False

    @workflow.run
    async def run(self) -> int:
        """Returns the number of signals."""
        await workflow.wait_condition(lambda: self._signals > 0)
        await workflow.sleep(timedelta(milliseconds=1))
        await workflow.wait_condition(lambda: self._is_finished)
        return self._signals

    @workflow.signal
    def signal(self) -> None:
        """Counts the signal."""
        self._signals += 1

    @workflow.update
    async def finish(self) -> None:
        """Ends the workflow."""
        self._is_finished = True

    @workflow.query
    def signals(self) -> int:
        """Returns the number of signals so far."""
        return self._signals
