"""Durations and times as options: `24h`, `2026-11-30`, `2026-11-30T12:00:00Z`."""

import re
from datetime import UTC, datetime

from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.failure import CommandFailed

_DURATION = re.compile(r"(?P<number>[1-9][0-9]{0,8})(?P<unit>s|min|h|d)")
_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}


def seconds_of(text: str) -> int:
    """Returns the seconds of a duration such as `90s`, `30min`, `24h` or `7d`. Raises CommandFailed."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise CommandFailed(f"{text!r} is no duration", "Write it as in 30min, 24h or 7d.", ExitStatus.USAGE)
    return int(match["number"]) * _SECONDS[match["unit"]]


def moment_of(text: str) -> datetime:
    """Returns the time of an ISO 8601 text; without an offset it is in UTC. Raises CommandFailed."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandFailed(
            f"{text!r} is no time", "Write it as in 2026-11-30 or 2026-11-30T12:00:00Z.", ExitStatus.USAGE
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
