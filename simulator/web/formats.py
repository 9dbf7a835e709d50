"""Amounts and moments as text for a page."""

from datetime import datetime

from simulator.http.body import DECIMALS_0


def amount_text(currency: str, value: int) -> str:
    """Returns an amount of minor units for display, such as "EUR 1300.00"."""
    places = 0 if currency in DECIMALS_0 else 2
    whole, rest = divmod(value, 10**places)
    return f"{currency} {whole}" + (f".{rest:0{places}d}" if places else "")


def clock_text(moment: datetime) -> str:
    """Returns hours, minutes and seconds of a moment in UTC, such as "16:04:31"."""
    return f"{moment:%H:%M:%S}"


def moment_text(moment: datetime) -> str:
    """Returns day and time of a moment in UTC, such as "7 Dec 16:04:31"."""
    return f"{moment.day} {moment:%b} {clock_text(moment)}"
