"""The output of the command line: text and tables on a console, or JSON."""

import io
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn, TextIO

from pydantic import BaseModel
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from holdfast.cli.terminal_text import printable

WIDE = 160
"""The columns of output that goes to a file or a pipe, so that no value is cut off."""


class ClosedPipe(Exception):
    """The reader of the output has closed it, as `head` does."""


class SafeConsole(Console):
    """A console that prints no control character of a text, and reports a closed pipe to its caller."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yields the parts that are printed; Rich adds colours later."""
        for part in super().render(renderable, options):
            yield part if part.control else Segment(printable(part.text), part.style)

    def on_broken_pipe(self) -> NoReturn:
        """Raises ClosedPipe, where Rich would end the process."""
        raise ClosedPipe


def console(stream: TextIO | None = None) -> Console:
    """Returns a console on standard output, or on another stream.

    Rich leaves colours out where the stream is not a terminal and where NO_COLOR is set.
    """
    stream = stream or sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        # an old locale cannot encode "→", which is no reason to fail
        stream.reconfigure(errors="replace")
    is_fixed = stream.isatty() or "COLUMNS" in os.environ
    return SafeConsole(file=stream, highlight=False, width=None if is_fixed else WIDE)


@dataclass(frozen=True)
class OneLine:
    """A text that is printed on one line, however long, so that a person can copy it."""

    text: Text


def show(*parts: RenderableType | OneLine, out: Console | None = None) -> None:
    """Prints to standard output, as wide as the terminal, or to another console."""
    out = out or console()
    for part in parts:
        if isinstance(part, OneLine):
            out.print(part.text, soft_wrap=True)
        else:
            out.print(part)


def show_json(value: BaseModel | Iterable[BaseModel]) -> None:
    """Prints a model, or a list of models, as JSON."""
    if isinstance(value, BaseModel):
        text = value.model_dump_json(indent=2)
    else:
        text = json.dumps([each.model_dump(mode="json") for each in value], indent=2, ensure_ascii=False)
    _write(text)


def show_json_line(value: BaseModel) -> None:
    """Prints a model as one line of JSON, for a stream of them."""
    _write(value.model_dump_json())


def note(text: str) -> None:
    """Prints a line to standard error, so that it does not become a part of a command's result."""
    console(sys.stderr).print(text, style="dim", soft_wrap=True, markup=False)


def _write(text: str) -> None:
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise ClosedPipe from None
