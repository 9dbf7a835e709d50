"""How a card is sealed, whatever stores it: AES-256-GCM, with reference and expiry authenticated.

So an entry that was moved under another reference, or given a longer life, does not open.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from holdfast.card_vault.card import CardData
from holdfast.card_vault.errors import CardNotFound, CardUnreadable
from holdfast.card_vault.keyring import BrokenSeal, Keyring, Sealed, UnknownKey
from holdfast.card_vault.vault import KEPT_FOR

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of everybody who has no other one."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Entry:
    """What a store keeps of a card; `expires_at` in milliseconds since 1970."""

    reference: str
    expires_at: int
    sealed: Sealed


class CardSeal:
    """Seals cards with the first key of a keyring and opens them with any, until their time is up."""

    def __init__(self, keys: Keyring, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    def seal(self, card: CardData) -> Entry:
        """The card under a new reference, good for `KEPT_FOR`."""
        reference = f"card_{secrets.token_urlsafe(32)}"
        expires_at = _epoch_ms(self._clock() + KEPT_FOR)
        # no local holds the card in clear: some tools write the locals of a failure down
        return Entry(
            reference,
            expires_at,
            self._keys.seal(
                card.model_dump_json(exclude_none=True).encode(), _context(reference, expires_at)
            ),
        )

    def open(self, entry: Entry) -> CardData:
        """The card of an entry. Raises CardUnreadable, and CardNotFound when its time is up."""
        try:
            card = CardData.model_validate_json(
                self._keys.unseal(entry.sealed, _context(entry.reference, entry.expires_at))
            )
        except (UnknownKey, BrokenSeal, ValidationError, TypeError):
            raise CardUnreadable from None
        if entry.expires_at <= self.now_ms():
            raise CardNotFound
        return card

    def now_ms(self) -> int:
        """Now, as entries count it."""
        return _epoch_ms(self._clock())


def _epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _context(reference: str, expires_at: int) -> bytes:
    return f"card_vault\n{reference}\n{expires_at}".encode()
