"""The Response-Time of answers, with the gateway's resolution of one second."""

from datetime import datetime, timedelta
from hashlib import sha256

from simulator.clock import iso, wall_clock

_SECOND = timedelta(seconds=1)


class AnswerTimes:
    """Chooses the time of each answer. The wall clock's, because the merchant's clock is that one.

    Args:
        distinct: An answer that is equal to an earlier one in path and content has a later time than that
            one, ahead of the clock where necessary. It is for tests that skip time: there, calls that are
            minutes apart come in the same second of the wall clock, and equal answers would have equal
            signatures.
    """

    def __init__(self, *, distinct: bool = False) -> None:
        self._distinct = distinct
        self._last: dict[bytes, datetime] = {}

    def choose(self, path: str, content: bytes) -> str:
        """Returns the Response-Time of an answer."""
        now = wall_clock().replace(microsecond=0)
        if self._distinct:
            key = sha256(path.encode() + b"\n" + content).digest()
            now = max(now, self._last.get(key, now - _SECOND) + _SECOND)
            self._last[key] = now
        return iso(now)
