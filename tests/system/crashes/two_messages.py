"""A workflow that does something after a signal and something else after an update."""

from datetime import timedelta

from temporalio import workflow


@workflow.defn
class TwoMessages:
    """The order of its commands tells in which order it has seen the two."""

    def __init__(self) -> None:
        self._signals = 0
        self._is_finished = False

    @workflow.run
    async def run(self) -> int:
        """The number of signals."""
        await workflow.wait_condition(lambda: self._signals > 0)
        await workflow.sleep(timedelta(milliseconds=1))
        await workflow.wait_condition(lambda: self._is_finished)
        return self._signals

    @workflow.signal
    def signal(self) -> None:
        """Count."""
        self._signals += 1

    @workflow.update
    async def finish(self) -> None:
        """End soon."""
        self._is_finished = True

    @workflow.query
    def signals(self) -> int:
        """The number of signals so far."""
        return self._signals
