"""Encryption of the vault's entries in every store: AES-256-GCM, with reference and expiry authenticated.

An entry that was moved to another reference, or whose expiry was changed, cannot be decrypted.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from holdfast.card_vault.card import CardData
from holdfast.card_vault.errors import CardKeyUnknown, CardNotFound, CardUnreadable
from holdfast.card_vault.keyring import Ciphertext, DecryptionFailed, Keyring, UnknownKey
from holdfast.card_vault.vault import ENTRY_LIFETIME

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Returns the current time in UTC; the default clock of every vault."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Entry:
    """What a store keeps of a card; `expires_at` is in milliseconds since 1970-01-01 UTC."""

    reference: str
    expires_at: int
    ciphertext: Ciphertext


class CardEncryptor:
    """Encrypts cards with the primary key of a keyring, and decrypts them with any key until they expire."""

    def __init__(self, keys: Keyring, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    def encrypt(self, card: CardData) -> Entry:
        """Returns the encrypted card under a new random reference, which expires after `ENTRY_LIFETIME`."""
        reference = f"card_{secrets.token_urlsafe(32)}"
        expires_at = _epoch_ms(self._clock() + ENTRY_LIFETIME)
        # no local variable holds the plaintext: error trackers can record the local variables of a failure
        return Entry(
            reference,
            expires_at,
            self._keys.encrypt(
                card.model_dump_json(exclude_none=True).encode(), _associated_data(reference, expires_at)
            ),
        )

    def decrypt(self, entry: Entry) -> CardData:
        """Returns the card of an entry.

        Raises:
            CardKeyUnknown: The keyring does not have the key that the entry names.
            CardUnreadable: The entry cannot be decrypted.
            CardNotFound: The entry has expired.
        """
        try:
            card = CardData.model_validate_json(
                self._keys.decrypt(entry.ciphertext, _associated_data(entry.reference, entry.expires_at))
            )
        except UnknownKey:
            raise CardKeyUnknown from None
        except (DecryptionFailed, ValidationError, TypeError):
            raise CardUnreadable from None
        if entry.expires_at <= self.now_ms():
            raise CardNotFound
        return card

    def now_ms(self) -> int:
        """Returns the current time in milliseconds since 1970-01-01 UTC."""
        return _epoch_ms(self._clock())


def _epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _associated_data(reference: str, expires_at: int) -> bytes:
    return f"card_vault\n{reference}\n{expires_at}".encode()
