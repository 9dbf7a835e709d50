"""Runs one of our processes so that it says everything it could ever say.

python -m tests.system.leaks.verbose worker

Every logger at DEBUG, the SDK's own included, and the text and repr of every exception that passes a line of
ours, whether or not somebody catches it, with the locals of the function it passes: what an error tracker, a
debugger or a careless log line would show.

A worker holds orders in its memory, and with them buyers in clear: the locals stand in lines of their own, in
which only card data is a finding (`without_locals`).
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

from tests.support.replay.keeping import ROOT

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_ROOMS = ("activities", "holdfast", "services", "settlement", "workflows")
_OURS = tuple(f"{ROOT / room}/" for room in _ROOMS)
_PROCESSES = tuple(f"{ROOT / name}.py" for name in ("worker", "webhook", "codec_server"))
_ENDS_OF_LOOPS = (StopIteration, StopAsyncIteration, GeneratorExit)
"""By these coroutines return: no errors."""
_STDERR = 2
_LOCALS = "LOCALS "
_LONGEST = 2000
"""Characters of one local that are told."""


_REFUSED = frozenset(
    {
        ("CardPayment.__init__", "order"),
        ("CardPayment.run", "order"),
        ("PaymentClient.authorize", "order"),
        ("PaymentClient.retry", "payment_method"),
        ("PaymentOrder._no_card_data", "data"),
        ("RetryRequest._no_card_data", "data"),
        ("parse_order", "data"),
        ("parse_retry_shape", "data"),
        ("parsed", "data"),
        ("refuse_card_data", "data"),
        ("parse_notification", "body"),
        ("parse_notification", "content"),
        ("_payloads", "body"),
    }
)
"""Locals in which a card can stand that somebody has sent where none may be, until it is refused."""


class Trace(Protocol):
    """Called by the interpreter (`sys.settrace`)."""

    def __call__(self, frame: FrameType, event: str, argument: Any, /) -> "Trace | None":
        """What is called for the rest of this frame."""


def tell_every_exception(to: int = _STDERR) -> None:
    """From here on, in every thread, to this file descriptor."""

    def inside(frame: FrameType, event: str, argument: Any, /) -> Trace:
        if event == "exception" and not issubclass(argument[0], _ENDS_OF_LOOPS):
            kind, error, _ = argument
            told = f"EXCEPTION {kind.__name__}: {error} {error!r}\n{_locals_of(frame)}\n"
            os.write(to, told.encode(errors="replace"))
        return inside

    def entered(frame: FrameType, _event: str, _argument: Any, /) -> Trace | None:
        if not _is_ours(frame.f_code.co_filename):
            return None
        frame.f_trace_lines = False
        return inside

    threading.settrace(entered)
    sys.settrace(entered)


def without_locals(log: bytes) -> bytes:
    """What is told of exceptions and by loggers, for a search in which locals do not count."""
    lines = log.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_LOCALS.encode()))


def _locals_of(frame: FrameType) -> str:
    function = frame.f_code.co_qualname
    told = ((name, value) for name, value in frame.f_locals.items() if (function, name) not in _REFUSED)
    held = "; ".join(f"{name}={_repr(value)}" for name, value in told)
    return f"{_LOCALS}{function}: {held}".replace("\n", " ").replace("\r", " ")


def _repr(value: object) -> str:
    try:
        return repr(value)[:_LONGEST]
    except Exception as error:
        # of an object that is not complete yet, or of one that a workflow may not look at
        return type(error).__name__


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
