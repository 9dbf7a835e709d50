"""What can be wrong about a key, an account or a notification.

    AntomError
    ├── KeyFormatError         (also a ValueError)  a text is no RSA key of the wanted kind
    ├── AccountError           (also a ValueError)  a gateway account cannot work as configured
    └── NotificationError
        ├── MalformedNotification   not JSON, or a known notification without its required fields
        └── UnknownNotification     JSON, but of a notifyType this package has no model for

No message ever repeats a key, a body or a field's value. A gateway call that goes wrong is no exception at
all: see `holdfast.antom.outcome`.
"""


class AntomError(Exception):
    """Base of everything this package raises on its own account."""


class KeyFormatError(AntomError, ValueError):
    """A text is not an RSA key of the wanted kind; the message says why, never the key."""


class AccountError(AntomError, ValueError):
    """A gateway account cannot work as configured; the message begins with the field's name."""


class NotificationError(AntomError):
    """A notification cannot be understood. `notify_type` is what it calls itself, where that is known."""

    def __init__(self, message: str, *, notify_type: str | None = None) -> None:
        super().__init__(message)
        self.notify_type = notify_type


class MalformedNotification(NotificationError):
    """Not JSON, not an object, or a known notification that breaks its model."""


class UnknownNotification(NotificationError):
    """A notifyType without a model here, as in REFUND_RESULT or a dispute's."""
