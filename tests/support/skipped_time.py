"""An event loop without real waits: its clock advances at once to the next timer."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec

P = ParamSpec("P")


class _Selector(selectors.SelectSelector):
    """Polls for input without a wait, and reports the length of each wait that it skips."""

    def __init__(self, skipped: Callable[[float], None]) -> None:
        super().__init__()
        self._skipped = skipped

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Returns the present input. Raises AssertionError for a wait without a timer."""
        found = super().select(0)
        if not found:
            assert timeout is not None, "no timer ends this wait"
            self._skipped(max(0.0, timeout))
        return found


class _Loop(asyncio.SelectorEventLoop):
    """The loop's time begins at 0 and advances only by skipped waits."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Selector(self._wait))

    def time(self) -> float:
        """Returns the seconds of all skipped waits."""
        return self._now

    def _wait(self, seconds: float) -> None:
        self._now += seconds


def in_skipped_time(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Runs the test in its own loop. It may await timers, and nothing from outside the process."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.run(test(*args, **kwargs))

    return run
