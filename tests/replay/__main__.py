"""`make histories`: records the histories of scenarios that have none yet in the version under development.

To record a history again, delete it first.
"""

import os
import subprocess
import sys

from tests.support.replay.recording import FOLDER, RECORD
from tests.support.replay.stored_histories import ROOT, current_version, released_versions, write_list

RELEASED = (
    "{version} is released, and its histories stay as they are: raise the version in pyproject.toml first"
)


def main() -> int:
    """Records histories. Returns the exit status of the scenarios, or 1 where the version is released."""
    version = current_version()
    if version in released_versions():
        sys.stderr.write(RELEASED.format(version=version) + "\n")
        return 1
    scenarios = [sys.executable, "-m", "pytest", "-q", "tests/scenarios"]
    status = subprocess.run(scenarios, cwd=ROOT, env={**os.environ, RECORD: version}, check=False).returncode
    if status == 0:
        write_list(FOLDER / version)
    return status


if __name__ == "__main__":
    sys.exit(main())
