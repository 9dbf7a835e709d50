"""`make soak`, first half: the webhook under more than a test has time for, with figures."""

import asyncio
import logging
import sys
import time

from tests.system.hostile.bad_requests import try_bad_requests
from tests.system.hostile.changed_notifications import try_changed_notifications
from tests.system.hostile.flood import flooded
from tests.system.hostile.raw_bytes import try_raw_bytes
from tests.system.hostile.target import ReportBuilder

BAD_REQUESTS = 25_000
RAW_REQUESTS = 5_000
WAVES, PER_WAVE = 5, 4_000


def _told(what: str, tally: ReportBuilder, began: float) -> ReportBuilder:
    sys.stdout.write(f"{what}: {tally}, {time.monotonic() - began:.0f} s\n")
    sys.stdout.flush()
    return tally


def main() -> int:
    """Try everything; 1 where anything was accepted or failed."""
    logging.getLogger().addHandler(logging.NullHandler())  # a line for each forgery
    began = time.monotonic()
    tallies = [_told("bad requests", try_bad_requests(BAD_REQUESTS), began)]
    began = time.monotonic()
    for region, tally in try_changed_notifications().items():
        tallies.append(_told(f"valid notifications with another {region}", tally, began))
    began = time.monotonic()
    tallies.append(_told("nearly HTTP", asyncio.run(try_raw_bytes(RAW_REQUESTS)), began))
    before, waves = asyncio.run(flooded(WAVES, PER_WAVE))
    for wave in waves:
        answers = f"{wave.tally}, {wave.seconds:.0f} s"
        sys.stdout.write(f"flood: {answers}, {wave.megabytes:.0f} MB at most ({before:.0f} before)\n")
    return int(any(tally.accepted or tally.failed for tally in [*tallies, *(wave.tally for wave in waves)]))


if __name__ == "__main__":
    sys.exit(main())
