"""The three ways a gateway call can end: it happened, it did not, or nobody knows.

Only a request that cannot have left this machine did not happen. Whatever goes wrong after the first byte
may have left is unknown, and an unknown call is repeated with the same request id or asked about, never
replaced by a new one.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Happened(Generic[T]):
    """The gateway has answered under its signature, with S, F, or an in-process U."""

    answer: T


@dataclass(frozen=True)
class DidNotHappen:
    """Nothing was sent: the same call may be made again as if for the first time."""

    reason: str
    again_in: timedelta | None = None
    """When it makes sense to try again; None: soon."""


@dataclass(frozen=True)
class Unknown:
    """The gateway may or may not have acted. `claimed` is the resultCode of an answer that proves nothing."""

    reason: str
    claimed: str | None = None


Outcome = Happened[T] | DidNotHappen | Unknown
