"""Notifications that a webhook must not apply: forged contents, signatures, times and client ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from simulator.clock import iso, wall_clock
from simulator.http.body import Answer
from simulator.keys import Keys
from simulator.notifications.content import encoded, with_opposite_result
from simulator.notifications.message import Message, signed_message

OLD = timedelta(days=2)
"""The age of an old time where no `seconds` are given: the gateway sends for one day."""
OTHER_CLIENT_ID = "SANDBOX_5Y99999999999999"


class ForgeryKind(StrEnum):
    """What is forged."""

    CHANGED_CONTENT = "changed_content"
    """The content is changed, and the gateway's signature over it is valid."""
    TAMPERED_CONTENT = "tampered_content"
    """The content is changed after the gateway has signed it."""
    WRONG_SIGNATURE = "wrong_signature"
    """The content is changed, and the signature is the gateway's for other content."""
    OLD_TIME = "old_time"
    """The Request-Time is long ago; the signature is valid."""
    OTHER_CLIENT_ID = "other_client_id"
    """The client id is that of another merchant; the signature is valid."""


@dataclass(frozen=True)
class Forgery:
    """What to forge. `changes` replace fields of the content; `seconds` is the age of an old time."""

    kind: ForgeryKind
    changes: Mapping[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    client_id: str = OTHER_CLIENT_ID

    def message(self, url: str, body: Answer, keys: Keys) -> Message:
        """Returns the forged notification. Without `changes`, a changed content has the opposite result."""
        changed = {**body, **self.changes} if self.changes else with_opposite_result(body)
        match self.kind:
            case ForgeryKind.CHANGED_CONTENT:
                return signed_message(url, encoded(changed), keys)
            case ForgeryKind.TAMPERED_CONTENT:
                return signed_message(url, encoded(changed), keys, over=encoded(body))
            case ForgeryKind.WRONG_SIGNATURE:
                return signed_message(url, encoded(changed), keys, over=b"{}")
            case ForgeryKind.OLD_TIME:
                age = timedelta(seconds=self.seconds) if self.seconds else OLD
                return signed_message(url, self._content(body), keys, time=iso(wall_clock() - age))
            case ForgeryKind.OTHER_CLIENT_ID:
                return signed_message(url, self._content(body), keys, client_id=self.client_id)

    def _content(self, body: Answer) -> bytes:
        return encoded({**body, **self.changes})
