"""Process: the gateway simulator alone.

python -m simulator --bind 127.0.0.1:8090 --keys DIR [--time-scale N] [--authorization-days D]
"""

import argparse
import asyncio
import logging
import signal
import sys
from datetime import timedelta
from pathlib import Path

from simulator.http.server import Simulator, running
from simulator.keys import Keys, keys_in


def address(text: str) -> tuple[str, int]:
    """HOST:PORT, an IPv6 host in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def above_zero(text: str) -> float:
    """A number above zero."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1_000_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above zero")
    return number


def arguments() -> argparse.Namespace:
    """The command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="A stand-in for the Antom gateway."
    )
    parser.add_argument("--bind", type=address, default=("127.0.0.1", 8090), metavar="HOST:PORT")
    parser.add_argument("--keys", type=Path, required=True, metavar="DIR", help="made when missing")
    parser.add_argument("--time-scale", type=above_zero, default=1.0, metavar="N", help="shorter waits")
    parser.add_argument("--authorization-days", type=above_zero, default=7.0, metavar="D")
    return parser.parse_args()


async def serve(keys: Keys, options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT. OSError when the address cannot be had."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    lasting = timedelta(days=min(options.authorization_days, 36_500))
    simulator = Simulator(keys, time_scale=options.time_scale, authorization=lasting)
    async with running(simulator, *options.bind) as base_url:
        sys.stdout.write(f"gateway simulator on {base_url}, client id {keys.client_id}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> int:
    """Run the process. Exit status 2 when the keys or the address cannot be used."""
    options = arguments()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        keys = keys_in(options.keys)
    except (OSError, ValueError) as error:
        return _refusal(f"keys in {options.keys}: {error}")
    try:
        asyncio.run(serve(keys, options))
    except (OSError, OverflowError) as error:
        host, port = options.bind
        return _refusal(f"cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}")
    return 0


def _refusal(line: str) -> int:
    sys.stderr.write(f"python -m simulator: {line}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
