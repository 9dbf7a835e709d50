"""Runs `make failure-modes`: makes the payments of docs/failure-modes.md and writes the page.

The page is not written when the ledger shows an unexpected violation for one of them.
"""

import os
import subprocess
import sys

from tests.system.failure_modes.page.page import WRITE
from tools.checks.generated import ROOT

if __name__ == "__main__":
    run = [sys.executable, "-m", "pytest", "-q", "tests/system/failure_modes"]
    sys.exit(subprocess.run(run, cwd=ROOT, env={**os.environ, WRITE: "1"}, check=False).returncode)
