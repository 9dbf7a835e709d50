"""Which signed answers count: those of the time of their request, and each of them once.

A signature proves who wrote an answer, and neither when nor for which call: an answer such as ORDER_NOT_EXIST
has no id, so that one for another payment is equal to the expected one (Antom: digital signature). An answer
therefore counts only where its time lies between the request and now, and where it has not counted before.
Every other answer leaves the outcome unknown, and the call is made again.

The gateway's times have a resolution of one second. Two genuine answers with the same content in the same
second are equal, signature included, and the second of them does not count.
"""

import heapq
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from holdfast.antom.message_time import parse_message_time
from holdfast.antom.outcome import Unknown

DEFAULT_SKEW = timedelta(seconds=300)
"""How far the gateway's clock may be from this machine's clock."""
MAX_SKEW = timedelta(hours=1)
LONGEST_EXCHANGE = timedelta(minutes=2)
"""Longer than any call lasts, from its request until its answer is complete."""
_NEXT_SECOND = (1.0, 3.0)
"""The shortest and the longest pause in seconds after an answer that was used before. The next genuine answer
has a later time, and calls that were answered in the same second are not all repeated in the same second."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Returns the current time of this machine in UTC."""
    return datetime.now(UTC)


class AcceptedAnswers:
    """The answers that have counted, for all clients of a process.

    An answer is kept until its time alone refuses it, so that the memory is limited by the number of calls in
    that time. The signed content holds path and client id: answers to different accounts are never equal.

    Args:
        skew: How far the gateway's clock may be from this machine's clock.
        clock: Returns the current time in UTC.
    """

    def __init__(self, skew: timedelta = DEFAULT_SKEW, clock: Clock = utc_now) -> None:
        self._skew = skew
        self._clock = clock
        self._used: set[bytes] = set()
        self._by_time: list[tuple[datetime, bytes]] = []

    def __len__(self) -> int:
        return len(self._used)

    def accept(self, digest: bytes, time: str, requested_at: datetime) -> Unknown | None:
        """Counts an answer whose signature is valid.

        Args:
            digest: The digest of the signed content. It stands for the signature, which is the same for the
                same content, and has no second spelling.
            time: The Response-Time header.
            requested_at: When the request was signed.

        Returns:
            None where the answer counts, else the outcome of the call.
        """
        answered_at, now = parse_message_time(time), self._clock()
        if answered_at is None:
            return Unknown("response with an unreadable response-time")
        earliest = self._earliest(now)
        if not max(earliest, requested_at - self._skew) <= answered_at <= now + self._skew:
            return Unknown(self._out_of_time(answered_at, requested_at, now))
        self._forget(earliest)
        if digest in self._used:
            return Unknown("response with a signature that was used before", retry_after=_pause())
        self._used.add(digest)
        heapq.heappush(self._by_time, (answered_at, digest))
        return None

    def _earliest(self, now: datetime) -> datetime:
        return now - LONGEST_EXCHANGE - self._skew

    def _out_of_time(self, answered_at: datetime, requested_at: datetime, now: datetime) -> str:
        is_late = answered_at > now
        distance = answered_at - now if is_late else requested_at - answered_at
        side = "after now" if is_late else "before the request"
        limit = self._skew.total_seconds()
        return f"response-time is {distance.total_seconds():.0f} s {side}, and {limit:.0f} s are allowed"

    def _forget(self, earliest: datetime) -> None:
        """Removes the answers whose time alone refuses them."""
        while self._by_time and self._by_time[0][0] < earliest:
            self._used.discard(heapq.heappop(self._by_time)[1])


def _pause() -> timedelta:
    return timedelta(seconds=random.SystemRandom().uniform(*_NEXT_SECOND))
