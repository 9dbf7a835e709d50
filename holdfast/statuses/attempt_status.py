"""The statuses of one attempt to authorize."""

from enum import StrEnum


class AttemptStatus(StrEnum):
    """The statuses of one attempt."""

    AUTHORIZING = "AUTHORIZING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    """The buyer has to be redirected."""
    PENDING = "PENDING"
    """The gateway processes it; the buyer has nothing to do."""
    AUTHORIZED = "AUTHORIZED"
    DECLINED = "DECLINED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    """The gateway closed it unpaid."""
    AUTHORIZED_AFTER_CLOSE = "AUTHORIZED_AFTER_CLOSE"
    """It was closed, and the gateway reports an authorization of it, which has to be cancelled."""

    @property
    def is_closed(self) -> bool:
        """Whether the attempt has ended and holds no money by all evidence."""
        return self in _CLOSED


_CLOSED = frozenset({AttemptStatus.DECLINED, AttemptStatus.CANCELLED, AttemptStatus.EXPIRED})
