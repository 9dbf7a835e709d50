"""All of Holdfast on one machine: a real Temporal server, a gateway simulator, and payments going through.

make demo                 plays the payments, then stays up until Ctrl-C
make demo ARGS=--once     ends after the table: exit status 0 only if every payment is where it should be
"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from tools.demo.demo_runner import Show
from tools.demo.folder import DEFAULT, FolderRefused
from tools.demo.progress import console
from tools.local_stack.processes import ChildFailed

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def arguments() -> argparse.Namespace:
    """The command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.demo", description="Holdfast on one machine, with a simulated gateway."
    )
    parser.add_argument("--once", action="store_true", help="end after the table")
    parser.add_argument(
        "--folder", type=Path, default=DEFAULT, help="database, keys and logs (default: .demo)"
    )
    return parser.parse_args()


async def until_stopped(show: Show) -> int | None:
    """Run the show; the number of the signal that ended it, if one did. What is ending is not interrupted."""
    running = asyncio.create_task(show.run())
    received: list[int] = []

    def stop(number: int) -> None:
        if not received:
            running.cancel()
        received.append(number)

    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        await running
    except asyncio.CancelledError:
        if not received:
            raise
    return received[0] if received else None


def main() -> int:
    """Run the demo: 0 all is right, 1 something is not, 128 + n when a signal came before the table."""
    options = arguments()
    show = Show(console(), options.folder, once=options.once)
    try:
        number = asyncio.run(until_stopped(show))
    except (ChildFailed, FolderRefused, OSError) as error:
        print(f"python -m tools.demo: {error}", file=sys.stderr)
        return 1
    if show.all_right is None:
        return 128 + (number or 0)
    return 0 if show.all_right else 1


if __name__ == "__main__":
    sys.exit(main())
