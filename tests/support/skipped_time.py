"""An event loop that waits for nothing: its clock jumps to whatever is due next."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec

P = ParamSpec("P")


class _Selector(selectors.SelectSelector):
    """Looks for input and never waits for it; how long it was to wait, it tells."""

    def __init__(self, waited: Callable[[float], None]) -> None:
        super().__init__()
        self._waited = waited

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What there is now. Raises AssertionError where nothing would ever come."""
        found = super().select(0)
        if not found:
            assert timeout is not None, "everything waits, and for no moment"
            self._waited(max(0.0, timeout))
        return found


class _Loop(asyncio.SelectorEventLoop):
    """Its time begins at 0 and passes only in waits."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Selector(self._wait))

    def time(self) -> float:
        """Seconds that were waited for."""
        return self._now

    def _wait(self, seconds: float) -> None:
        self._now += seconds


def in_skipped_time(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """The test in a loop of its own: what it awaits may be timers, and nothing from outside the process."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.run(test(*args, **kwargs))

    return run
