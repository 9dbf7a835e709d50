"""The end of a process that uses Temporal's SDK."""

import logging
import os
import sys
from typing import NoReturn


def leave(status: int) -> NoReturn:
    """End the process with this status, once everything that was said is written.

    Threads of the SDK outlive its worker and client. One that calls into the interpreter while that is torn
    down aborts the process, and an orderly stop looks like a crash; so nothing is torn down.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
