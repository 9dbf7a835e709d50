"""The first half of `make soak`: sends the webhook many more requests than a test, and prints figures."""

import asyncio
import logging
import sys
import time

from tests.system.hostile.bad_requests import try_bad_requests
from tests.system.hostile.changed_notifications import try_changed_notifications
from tests.system.hostile.flood import flooded
from tests.system.hostile.raw_bytes import try_raw_bytes
from tests.system.hostile.target import ResponseCounts

BAD_REQUESTS = 25_000
RAW_REQUESTS = 5_000
WAVES, PER_WAVE = 5, 4_000


def _printed(what: str, responses: ResponseCounts, started_at: float) -> ResponseCounts:
    sys.stdout.write(f"{what}: {responses}, {time.monotonic() - started_at:.0f} s\n")
    sys.stdout.flush()
    return responses


def main() -> int:
    """Sends everything; returns 1 when a request was accepted or failed."""
    logging.getLogger().addHandler(logging.NullHandler())  # the webhook logs a line for each forgery
    started_at = time.monotonic()
    counts = [_printed("bad requests", try_bad_requests(BAD_REQUESTS), started_at)]
    started_at = time.monotonic()
    for region, responses in try_changed_notifications().items():
        counts.append(_printed(f"valid notifications with another {region}", responses, started_at))
    started_at = time.monotonic()
    counts.append(_printed("malformed HTTP", asyncio.run(try_raw_bytes(RAW_REQUESTS)), started_at))
    before, waves = asyncio.run(flooded(WAVES, PER_WAVE))
    for wave in waves:
        answers = f"{wave.responses}, {wave.seconds:.0f} s"
        sys.stdout.write(f"flood: {answers}, {wave.megabytes:.0f} MB at most ({before:.0f} before)\n")
    return int(
        any(
            responses.accepted or responses.failed
            for responses in [*counts, *(wave.responses for wave in waves)]
        )
    )


if __name__ == "__main__":
    sys.exit(main())
