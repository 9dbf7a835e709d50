"""The errors of the gateway's protocol.

    AntomError
    ├── KeyFormatError         (also a ValueError)  a text is not an RSA key of the required kind
    ├── AccountError           (also a ValueError)  a gateway account cannot work as configured
    └── NotificationError
        ├── MalformedNotification   not JSON, or a known notification without its required fields
        └── UnknownNotification     JSON, but of a notifyType for which this package has no model

No message repeats a key, a body or a field's value. A gateway call that fails is not an exception: see
`holdfast.antom.outcome`.
"""


class AntomError(Exception):
    """Base of every error that this package defines."""


class KeyFormatError(AntomError, ValueError):
    """A text is not an RSA key of the required kind; the message gives the reason and never the key."""


class AccountError(AntomError, ValueError):
    """A gateway account cannot work as configured; the message begins with the field's name."""


class NotificationError(AntomError):
    """A notification cannot be parsed; `notify_type` is its type where the body names one."""

    def __init__(self, message: str, *, notify_type: str | None = None) -> None:
        super().__init__(message)
        self.notify_type = notify_type


class MalformedNotification(NotificationError):
    """The body is not JSON, not an object, or a known notification that breaks its model."""


class UnknownNotification(NotificationError):
    """The body has a notifyType for which this package has no model, such as REFUND_RESULT or a dispute's."""
