"""Times as the command line shows them: in UTC, and how long ago."""

from datetime import UTC, datetime, timedelta

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def utc(moment: datetime) -> str:
    """Returns a time in UTC, as in `2026-11-30 15:02:11 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def duration(length: timedelta) -> str:
    """Returns a duration in its two largest units, as in `1 h 4 min`."""
    left = max(int(length.total_seconds()), 0)
    parts: list[tuple[int, str]] = []
    for seconds, unit in _UNITS:
        number, left = divmod(left, seconds)
        if number or (parts and len(parts) < 2):
            parts.append((number, unit))
    shown = [f"{number} {unit}" for number, unit in parts[:2] if number]
    return " ".join(shown) or "0 s"


def ago(moment: datetime, now: datetime) -> str:
    """Returns how long ago a time was, as in `1 h 4 min ago`, or how far ahead, as in `in 6 d 23 h`."""
    if moment > now:
        return f"in {duration(moment - now)}"
    return f"{duration(now - moment)} ago"
