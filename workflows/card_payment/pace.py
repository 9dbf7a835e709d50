"""How fast a wait asks the gateway while no notification comes. Seconds."""

from typing import NamedTuple


class Pace(NamedTuple):
    """First question after `first` seconds, each pause `growth` times the last, `longest` at most."""

    first: float
    growth: float
    longest: float


BUYER = Pace(first=60, growth=1.5, longest=300)
"""The buyer types: the notification is nearly always sooner."""
PENDING = Pace(first=5, growth=2, longest=600)
LONG_PENDING = Pace(first=60, growth=2, longest=6 * 3600)
"""The buyer has paid and the gateway has days."""
CAPTURE_RESULT = Pace(first=10, growth=2, longest=6 * 3600)
_REVIEW_FIRST = 300
_REVIEW_LONGEST = 6 * 3600


def review_pace(round_number: int) -> Pace:
    """Slower with every round that decided nothing; rounds count from 0."""
    first = min(_REVIEW_FIRST * 2 ** min(round_number, 16), _REVIEW_LONGEST)
    return Pace(first=first, growth=2, longest=_REVIEW_LONGEST)
