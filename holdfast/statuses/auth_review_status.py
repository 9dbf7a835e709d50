"""The gateway's words for the status of a risk review of an authorization (Antom: inquiryPayment)."""

from enum import StrEnum


class AuthReviewStatus(StrEnum):
    """The values of `authReviewStatus`. A word that is not one of them counts as undecided."""

    PROCESSING = "PROCESSING"
    """The review is not decided: do not capture, do not ship."""
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"


_RANKS = {AuthReviewStatus.ACCEPT: 2, AuthReviewStatus.REJECT: 3}
DECIDED = frozenset(_RANKS)
"""The words that decide a review."""


def latest(known: str | None, reported: str | None) -> str | None:
    """Returns the status after a report, whatever order reports arrive in.

    A decision replaces an undecided status and is not replaced by one: the gateway re-sends notifications for
    24 hours. Of two decisions that contradict each other, the rejection counts.
    """
    words = [word for word in (known, reported) if word]
    return max(words, key=lambda word: (_rank(word), word), default=None)


def _rank(word: str) -> int:
    return _RANKS[AuthReviewStatus(word)] if word in DECIDED else 1
