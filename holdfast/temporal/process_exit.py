"""The exit of a process that uses Temporal's SDK."""

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn


def exit_without_teardown(status: int) -> NoReturn:
    """Ends the process with `status` after the output is flushed, without tearing down the interpreter.

    Threads of the SDK continue after its worker and client have stopped. Such a thread aborts the process
    when it calls into an interpreter that is being torn down, so that a regular exit looks like a crash.
    Output that its reader does not accept any more is dropped.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):
            stream.flush()
    os._exit(status)
