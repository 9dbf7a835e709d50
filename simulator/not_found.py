"""The error for an id that nothing has."""


class NotFound(LookupError):
    """No payment, call, notification or fault has this id; the message is one line."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"no {what} {name[:64]}")
