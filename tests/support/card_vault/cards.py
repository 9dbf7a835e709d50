"""A card, the keys that encrypt it, and a clock that a test sets."""

import base64
from datetime import UTC, datetime

from holdfast.card_vault import CardData, Keyring

CARD = CardData(cardNo="4054695723100768", cvv="7371", expiryMonth="12", expiryYear="29")
KEY_A = "a:" + base64.b64encode(b"a" * 32).decode()
KEY_B = "b:" + base64.b64encode(b"b" * 32).decode()


class Clock:
    """A clock that shows `now` until a test changes it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def keys(*parts: str) -> Keyring:
    """Returns a keyring of these keys; the first one encrypts."""
    return Keyring.parse(",".join(parts), "HOLDFAST_CARD_VAULT_KEYS")
