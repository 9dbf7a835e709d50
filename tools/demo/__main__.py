"""All of Holdfast on one machine: a real Temporal server, a gateway simulator, and payments.

make demo                   runs the scenarios, then keeps running until Ctrl-C
make demo ARGS=--once       ends after the table: exit status 0 only if every payment is where it should be
make demo ARGS=--encrypted  Temporal stores ciphertext, and a codec server decrypts it for the reader
make dev                    keeps running without the scenarios
"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from tools.demo.demo_runner import DemoOptions, DemoRunner
from tools.local_stack.command_line import console
from tools.local_stack.folder import FolderRefused
from tools.local_stack.processes import ROOT, ProcessFailed

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DEFAULT_FOLDER = ROOT / ".demo"


def arguments() -> argparse.Namespace:
    """Parses the command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.demo", description="Holdfast on one machine, with a simulated gateway."
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--once", action="store_true", help="end after the table")
    length.add_argument("--no-scenarios", action="store_true", help="start everything, and make no payments")
    parser.add_argument(
        "--encrypted", action="store_true", help="encrypt what Temporal stores, and start the codec server"
    )
    parser.add_argument(
        "--folder", type=Path, default=DEFAULT_FOLDER, help="database, keys and logs (default: .demo)"
    )
    return parser.parse_args()


async def until_stopped(runner: DemoRunner) -> int | None:
    """Runs the demo; returns the number of the signal that ended it, or None.

    Further signals do not interrupt the end.
    """
    running = asyncio.create_task(runner.run())
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
    """Runs the demo.

    Returns 0 when every payment is as expected, 1 when one is not or the demo cannot run, and 128 + n when
    signal n came before the table.
    """
    options = arguments()
    runner = DemoRunner(
        console(),
        DemoOptions(
            options.folder,
            is_once=options.once,
            is_encrypted=options.encrypted,
            has_scenarios=not options.no_scenarios,
        ),
    )
    try:
        number = asyncio.run(until_stopped(runner))
    except (ProcessFailed, FolderRefused, OSError) as error:
        print(f"python -m tools.demo: {error}", file=sys.stderr)
        return 1
    if runner.all_as_expected is None:
        return 128 + (number or 0)
    return 0 if runner.all_as_expected else 1


if __name__ == "__main__":
    sys.exit(main())
