"""Ends a Python process cleanly that has used Temporal's SDK.

The SDK's native threads call into Python to deliver the answer of a call. One that still does so while the
interpreter is being finalized aborts the process, with "Fatal Python error: PyGILState_Release" or a
segmentation fault (temporalio/sdk-python issue 300; Python 3.14 lets such a thread sleep instead). A script
whose last call was answered a moment ago ends like that in one of three runs.

The processes and the command line of Holdfast end by `holdfast.temporal.process_exit` instead, and never
finalize their interpreter.
"""

import ctypes
import threading
import time
from typing import Final

_CHECK_EVERY: Final = 0.002
"""Seconds between two checks."""
_QUIET_CHECKS: Final = 10
"""How many checks in a row find no native thread in Python; meanwhile a cancelled call reports its end."""
_AT_MOST: Final = 2.0
"""Seconds after which the interpreter exits in any case."""

_python = ctypes.pythonapi
_python.PyInterpreterState_Get.restype = ctypes.c_void_p
_python.PyInterpreterState_ThreadHead.restype = ctypes.c_void_p
_python.PyInterpreterState_ThreadHead.argtypes = [ctypes.c_void_p]
_python.PyThreadState_Next.restype = ctypes.c_void_p
_python.PyThreadState_Next.argtypes = [ctypes.c_void_p]


def wait_for_native_threads() -> None:
    """Waits until no native thread runs Python code, for `_AT_MOST` seconds. An `atexit` handler.

    Python runs such handlers before it begins to finalize the interpreter.
    """
    end, quiet = time.monotonic() + _AT_MOST, 0
    while quiet < _QUIET_CHECKS and time.monotonic() < end:
        quiet = 0 if native_threads() > 0 else quiet + 1
        # no event loop runs any more, and a native thread offers nothing to wait for
        time.sleep(_CHECK_EVERY)


def native_threads() -> int:
    """Returns how many threads run Python code or wait to, and were not started by Python."""
    return _thread_states() - len(threading.enumerate())


def _thread_states() -> int:
    """Returns how many threads the interpreter knows, for which Python has C functions alone."""
    count, state = 0, _python.PyInterpreterState_ThreadHead(_python.PyInterpreterState_Get())
    while state:
        count, state = count + 1, _python.PyThreadState_Next(state)
    return count
