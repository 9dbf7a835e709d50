"""The pauses between the inquiries of a wait that no notification ends, in seconds."""

from typing import NamedTuple


class Pace(NamedTuple):
    """The first pause is `first` seconds; each further one is `growth` times the last, `longest` at most."""

    first: float
    growth: float
    longest: float


BUYER = Pace(first=60, growth=1.5, longest=300)
"""The buyer acts: the notification usually arrives before the first inquiry."""
PENDING = Pace(first=5, growth=2, longest=600)
LONG_PENDING = Pace(first=60, growth=2, longest=6 * 3600)
"""The buyer has finished, and the gateway can take days."""
CAPTURE_RESULT = Pace(first=10, growth=2, longest=6 * 3600)
_REVIEW_FIRST = 300
_REVIEW_LONGEST = 6 * 3600


def review_pace(round_number: int) -> Pace:
    """Returns the pace of one round of a review, slower with each round; the first round is 0."""
    first = min(_REVIEW_FIRST * 2 ** min(round_number, 16), _REVIEW_LONGEST)
    return Pace(first=first, growth=2, longest=_REVIEW_LONGEST)
