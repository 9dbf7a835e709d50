"""Shows the progress of a run: a bar in a terminal, a line every fifteen seconds in a file."""

import time
from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_LINE_EVERY = 15.0
"""Seconds."""


class ProgressBar:
    """Counts payments, as a context. `beside` returns the text next to the bar."""

    def __init__(self, out: Console, title: str, total: int, beside: Callable[[], str]) -> None:
        self._out = out
        self._title = title
        self._total = total
        self._beside = beside
        self._done = 0
        self._printed_at = time.monotonic()
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
            self._print()

    def advance(self) -> None:
        """Counts one more payment."""
        self._done += 1
        self._bar.update(self._task, advance=1, beside=self._beside())
        if not self._out.is_terminal and time.monotonic() - self._printed_at > _LINE_EVERY:
            self._print()

    def _print(self) -> None:
        self._printed_at = time.monotonic()
        self._out.print(f"{self._title}: {self._done} of {self._total}, {self._beside()}")
