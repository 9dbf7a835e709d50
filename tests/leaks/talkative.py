"""Runs one of our processes so that it says everything it could ever say.

python -m tests.leaks.talkative worker

Every logger at DEBUG, the SDK's own included, and the text and repr of every exception that passes a line of
ours, whether or not somebody catches it: what an error tracker, a debugger or a careless log line would show.
"""

import importlib
import logging
import os
import sys
import threading
from functools import cache, partial
from types import FrameType
from typing import Any, Protocol

from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from tests.replay.keeping import ROOT

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_ROOMS = ("activities", "antom", "card_vault", "payments", "processes", "workflows")
_OURS = tuple(f"{ROOT / room}/" for room in _ROOMS)
_PROCESSES = tuple(f"{ROOT / name}.py" for name in ("worker", "webhook", "codec_server"))
_ENDS_OF_LOOPS = (StopIteration, StopAsyncIteration, GeneratorExit)
"""By these coroutines return: no errors."""
_STDERR = 2


class Trace(Protocol):
    """Called by the interpreter (`sys.settrace`)."""

    def __call__(self, frame: FrameType, event: str, argument: Any, /) -> "Trace | None":
        """What is called for the rest of this frame."""


def tell_every_exception(to: int = _STDERR) -> None:
    """From here on, in every thread, to this file descriptor."""

    def inside(_frame: FrameType, event: str, argument: Any, /) -> Trace:
        if event == "exception" and not issubclass(argument[0], _ENDS_OF_LOOPS):
            kind, error, _ = argument
            os.write(to, f"EXCEPTION {kind.__name__}: {error} {error!r}\n".encode(errors="replace"))
        return inside

    def entered(frame: FrameType, _event: str, _argument: Any, /) -> Trace | None:
        if not _is_ours(frame.f_code.co_filename):
            return None
        frame.f_trace_lines = False
        return inside

    threading.settrace(entered)
    sys.settrace(entered)


@cache
def _is_ours(file: str) -> bool:
    return file.startswith(_OURS) or file in _PROCESSES


def main(name: str) -> int:
    """Run the process; its exit status."""
    logging.basicConfig(level=logging.DEBUG, format=FORMAT)
    filters = TelemetryFilter(core_level="DEBUG", other_level="INFO")
    told = TelemetryConfig(logging=LoggingConfig(filter=filters))
    if name == "webhook":
        Runtime.set_default(Runtime(telemetry=told))
    process = importlib.import_module(name)
    if name == "worker":
        vars(process)["TelemetryConfig"] = partial(TelemetryConfig, logging=told.logging)
    tell_every_exception()
    status: int = process.main()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
