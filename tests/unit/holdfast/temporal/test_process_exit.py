"""The process exits with its status, whatever other threads still do."""

import subprocess
import sys

from tools.local_stack.processes import ROOT

SCRIPT = """
import logging, threading, time
from holdfast.temporal.process_exit import exit_without_teardown
threading.Thread(target=time.sleep, args=(600,)).start()
logging.basicConfig()
logging.warning("the last line of the log")
print("the last line", end="")
exit_without_teardown(3)
"""


def test_exit_flushes_output_and_waits_for_no_thread() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (3, "the last line")
    assert "the last line of the log" in ended.stderr
