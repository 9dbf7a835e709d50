"""What a person sees while the run goes on: a bar in a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_LINE_EVERY = 15.0
"""Seconds."""


class Bar:
    """Counts payments; use it as a context. `beside` is said next to the bar."""

    def __init__(self, out: Console, title: str, total: int, beside: Callable[[], str]) -> None:
        self._out = out
        self._title = title
        self._total = total
        self._beside = beside
        self._done = 0
        self._said_at = time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, TextColumn("{task.fields[beside]}"), console=out)
        self._task = self._bar.add_task(title, total=total, beside="")

    def __enter__(self) -> Self:
        if self._out.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._out.is_terminal:
            self._bar.stop()
        else:
            self._say()

    def advance(self) -> None:
        """One more is through."""
        self._done += 1
        self._bar.update(self._task, advance=1, beside=self._beside())
        if not self._out.is_terminal and time.monotonic() - self._said_at > _LINE_EVERY:
            self._say()

    def _say(self) -> None:
        self._said_at = time.monotonic()
        self._out.print(f"{self._title}: {self._done} of {self._total}, {self._beside()}")
