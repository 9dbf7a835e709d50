"""Runs one of our processes with the most verbose logs.

python -m tests.system.leaks.verbose worker

It logs at level DEBUG, the SDK included. It logs the text and repr of every exception that passes our code,
caught or not, with the local variables of the function. An error tracker, a debugger or a careless log line
would show the same.

A worker has orders in its memory, and with them buyers in plain text. Local variables are therefore on lines
of their own, in which only card data is a finding (`without_locals`).
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

from tests.support.replay.stored_histories import ROOT

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_FOLDERS = ("activities", "holdfast", "services", "settlement", "workflows")
_OURS = tuple(f"{ROOT / folder}/" for folder in _FOLDERS)
_PROCESSES = tuple(f"{ROOT / name}.py" for name in ("worker", "webhook", "codec_server"))
_CONTROL_FLOW = (StopIteration, StopAsyncIteration, GeneratorExit)
"""Coroutines and generators end with these exceptions, which are no errors."""
_STDERR = 2
_LOCALS = "LOCALS "
_MAX_LENGTH = 2000
"""Characters that are logged of one local variable."""


_UNVALIDATED = frozenset(
    {
        ("CardPayment.__init__", "order"),
        ("CardPayment.run", "order"),
        ("_state_of", "order"),
        ("CardPayment._cancel_refusal", "request"),
        ("CardPayment._retry_refusal", "request"),
        ("PaymentClient.authorize", "order"),
        ("PaymentClient.retry", "payment_method"),
        ("PaymentOrder._reject_card_data", "data"),
        ("RetryRequest._reject_card_data", "data"),
        ("parse_order", "data"),
        ("parse_retry_fields", "data"),
        ("parse_cancel", "data"),
        ("parse_retry", "data"),
        ("parse_model", "data"),
        ("parse_model", "request"),
        ("_validated", "data"),
        ("reject_card_data", "data"),
        ("reject_card_numbers", "request"),
        ("parse_notification", "body"),
        ("parse_notification", "content"),
        ("_payloads", "body"),
    }
)
"""Local variables that contain card data sent in a wrong place, until it is refused."""


class Trace(Protocol):
    """A function that the interpreter calls (`sys.settrace`)."""

    def __call__(self, frame: FrameType, event: str, argument: Any, /) -> "Trace | None":
        """Returns the function for the rest of this frame."""


def log_every_exception(to: int = _STDERR) -> None:
    """Logs every exception of every thread from now on, to this file descriptor."""

    def inside(frame: FrameType, event: str, argument: Any, /) -> Trace:
        if event == "exception" and not issubclass(argument[0], _CONTROL_FLOW):
            kind, error, _ = argument
            line = f"EXCEPTION {kind.__name__}: {error} {error!r}\n{_locals_of(frame)}\n"
            os.write(to, line.encode(errors="replace"))
        return inside

    def entered(frame: FrameType, _event: str, _argument: Any, /) -> Trace | None:
        if not _is_ours(frame.f_code.co_filename):
            return None
        frame.f_trace_lines = False
        return inside

    threading.settrace(entered)
    sys.settrace(entered)


def without_locals(log: bytes) -> bytes:
    """Returns a log without the lines of local variables."""
    lines = log.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_LOCALS.encode()))


def _locals_of(frame: FrameType) -> str:
    function = frame.f_code.co_qualname
    shown = ((name, value) for name, value in frame.f_locals.items() if (function, name) not in _UNVALIDATED)
    held = "; ".join(f"{name}={_repr(value)}" for name, value in shown)
    return f"{_LOCALS}{function}: {held}".replace("\n", " ").replace("\r", " ")


def _repr(value: object) -> str:
    try:
        return repr(value)[:_MAX_LENGTH]
    except Exception as error:
        # the object is incomplete, or a workflow may not access it
        return type(error).__name__


@cache
def _is_ours(file: str) -> bool:
    return file.startswith(_OURS) or file in _PROCESSES


def main(name: str) -> int:
    """Runs the process; returns its exit status."""
    logging.basicConfig(level=logging.DEBUG, format=FORMAT)
    filters = TelemetryFilter(core_level="DEBUG", other_level="INFO")
    telemetry = TelemetryConfig(logging=LoggingConfig(filter=filters))
    if name == "webhook":
        Runtime.set_default(Runtime(telemetry=telemetry))
    process = importlib.import_module(name)
    if name == "worker":
        vars(process)["TelemetryConfig"] = partial(TelemetryConfig, logging=telemetry.logging)
    log_every_exception()
    status: int = process.main()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
