"""The process that runs the gateway simulator alone.

python -m simulator --bind 127.0.0.1:8090 --keys DIR [--time-scale N] [--authorization-days D]
"""

import argparse
import asyncio
import logging
import signal
import sys
from datetime import timedelta
from pathlib import Path

from simulator.command_line import AllErrorsParser
from simulator.http.server import Simulator, running
from simulator.keys import Keys, keys_in


def address(text: str) -> tuple[str, int]:
    """Returns host and port of HOST:PORT, where an IPv6 host is in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def positive_number(text: str) -> float:
    """Returns the number, which must be above zero."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1_000_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above zero")
    return number


def parser() -> AllErrorsParser:
    """Returns the options of the command line."""
    options = AllErrorsParser(prog="python -m simulator", description="A simulator of the Antom gateway.")
    options.add_argument("--bind", type=address, default=("127.0.0.1", 8090), metavar="HOST:PORT")
    options.add_argument("--keys", type=Path, required=True, metavar="DIR", help="created where missing")
    options.add_argument("--time-scale", type=positive_number, default=1.0, metavar="N", help="divides waits")
    options.add_argument("--authorization-days", type=positive_number, default=7.0, metavar="D")
    return options


async def serve(keys: Keys, options: argparse.Namespace) -> None:
    """Serves until SIGTERM or SIGINT. Raises OSError where the address cannot be bound."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    lifetime = timedelta(days=min(options.authorization_days, 36_500))
    simulator = Simulator(keys, time_scale=options.time_scale, authorization=lifetime)
    async with running(simulator, *options.bind) as base_url:
        sys.stdout.write(f"gateway simulator on {base_url}, client id {keys.client_id}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> int:
    """Runs the process. Returns 2 where the keys or the address cannot be used, else 0."""
    options = parser().parse_all()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        keys = keys_in(options.keys)
    except (OSError, ValueError) as error:
        return _print_error(f"keys in {options.keys}: {error}")
    try:
        asyncio.run(serve(keys, options))
    except (OSError, OverflowError) as error:
        host, port = options.bind
        return _print_error(f"cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}")
    return 0


def _print_error(line: str) -> int:
    sys.stderr.write(f"python -m simulator: {line}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
