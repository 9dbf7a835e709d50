"""The time of a signed message, as the gateway writes it into a header."""

from datetime import UTC, datetime

from holdfast.antom.base import parse_time


def parse_message_time(text: str) -> datetime | None:
    """Returns the time in UTC of a Request-Time or Response-Time header; None for another format.

    Antom's own clients and pages use two formats: epoch milliseconds, and ISO 8601 with an offset (Antom:
    digital signature).
    """
    if not (text.isascii() and text.isdigit()):
        return parse_time(text)
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
