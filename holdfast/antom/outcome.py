"""The three outcomes of a gateway call: it happened, it did not happen, or the outcome is unknown.

Only a request that certainly has not left this machine did not happen. After any failure once the first byte
may have left, the outcome is unknown. An unknown call is repeated with the same request id or inquired, and
never replaced by a call with a new request id.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Happened(Generic[T]):
    """The gateway has returned a signed response with S, F, or a U that means in process."""

    response: T


@dataclass(frozen=True)
class DidNotHappen:
    """Nothing was sent: the same call may be made again as a first send."""

    reason: str
    retry_after: timedelta | None = None
    """The earliest useful time of the next try; None means soon."""


@dataclass(frozen=True)
class Unknown:
    """The gateway may or may not have acted.

    `claimed_code` is the resultCode of a response that proves nothing; None where there is none.
    """

    reason: str
    claimed_code: str | None = None
    retry_after: timedelta | None = None
    """The earliest useful time of the next try; None means soon."""


Outcome = Happened[T] | DidNotHappen | Unknown
