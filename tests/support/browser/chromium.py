"""The Chromium that the browser tests drive: Debian's package, for no browser is in a package registry.

`python -m tests.support.browser.chromium` installs it when it is missing, as `make test-browser` does.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
"""A browser of a test connects to the pages of the test and to nothing else."""


class ChromiumMissing(Exception):
    """There is no Chromium; the message says how to get one."""


def executable() -> str:
    """Returns the path of Chromium: the variable CHROMIUM, or the first known name on PATH.

    Raises ChromiumMissing.
    """
    found = (shutil.which(name) for name in (os.environ.get(VARIABLE, ""), *NAMES) if name)
    path = next((path for path in found if path), None)
    if path is None:
        raise ChromiumMissing(
            "the browser tests need Chromium: install Debian's package chromium "
            f"(`make test-browser` does it as root), or set {VARIABLE} to the path of a Chromium or Chrome"
        )
    return path


def install_commands() -> Sequence[Sequence[str]]:
    """Returns the commands that install Debian's package. Raises ChromiumMissing where they cannot run."""
    if shutil.which("apt-get") is None:
        raise ChromiumMissing(f"this system has no apt-get: install Chromium or Chrome, or set {VARIABLE}")
    prefix = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if prefix and shutil.which(prefix[0]) is None:
        raise ChromiumMissing(f"only root can install the package chromium: install it, or set {VARIABLE}")
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"]
    return [[*prefix, "apt-get", "update", "--quiet"], [*prefix, *install]]


def main() -> int:
    """Installs Chromium when it is missing. Returns 1, with a line that says what to do, when it cannot."""
    try:
        executable()
    except ChromiumMissing:
        return _install()
    return 0


def _install() -> int:
    try:
        for command in install_commands():
            subprocess.run(command, check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        executable()
    except (ChromiumMissing, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"Chromium is missing and could not be installed: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
