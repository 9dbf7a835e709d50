"""The form that moves the simulator's clock forward."""

from collections.abc import Mapping
from datetime import timedelta

UNITS = {"minutes": 60, "hours": 3600, "days": 86400}
MAX_DAYS = 366


class ClockError(ValueError):
    """A step that is no number or too long; the message is a sentence."""


def parse_step(form: Mapping[str, str]) -> timedelta:
    """Returns the step of a form: a positive number of minutes, hours or days. Raises `ClockError`."""
    unit = UNITS.get(form.get("unit", ""))
    if unit is None:
        raise ClockError("Choose minutes, hours or days.")
    try:
        seconds = float(form.get("amount", "")) * unit
    except ValueError:
        raise ClockError("Type how many minutes, hours or days, as a number.") from None
    if not 0 < seconds <= MAX_DAYS * UNITS["days"]:
        raise ClockError(f"The clock moves forward only, by {MAX_DAYS} days at most in one step.")
    return timedelta(seconds=seconds)


def offset_text(offset: timedelta) -> str:
    """Returns how far the clock was moved, such as "3 days 2 hours ahead"; empty where it was not."""
    minutes = int(offset.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [_plural(days, "day"), _plural(hours, "hour"), _plural(rest, "minute")]
    present = [part for part in parts if part]
    return f"{' '.join(present)} ahead" if present else ("seconds ahead" if offset else "")


def _plural(number: int, unit: str) -> str:
    return "" if not number else f"{number} {unit}" + ("s" if number != 1 else "")
