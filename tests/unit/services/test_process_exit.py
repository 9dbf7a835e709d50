"""An orderly stop ends with its status, whatever threads of others still do."""

import subprocess
import sys

from tools.local_stack.processes import ROOT

LEAVES = """
import logging, threading, time
from services.process_exit import leave
threading.Thread(target=time.sleep, args=(600,)).start()
logging.basicConfig()
logging.warning("the last line of the log")
print("the last line", end="")
leave(3)
"""


def test_everything_said_is_written_and_no_thread_is_waited_for() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LEAVES], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (3, "the last line")
    assert "the last line of the log" in ended.stderr
