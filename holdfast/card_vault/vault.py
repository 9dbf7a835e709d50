"""What a card vault does, whatever stores the entries."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from holdfast.card_vault.card import CardData

KEPT_FOR = timedelta(minutes=15)
"""The longest an entry lives. A CVV must not be kept after authorization, even encrypted (PCI DSS 3.3.1),
so it is deleted as soon as the pay call of its attempt has an outcome; this is the limit for all others."""


class CardVault(Protocol):
    """Sealed, short-lived store of card data. Every method may raise VaultUnavailable."""

    async def put(self, card: CardData) -> str:
        """Seal a card and return its reference: unguessable, and good for `KEPT_FOR` at most."""

    async def open(self, reference: str) -> CardData:
        """The card under a reference. Raises CardNotFound or CardUnreadable."""

    async def delete(self, reference: str) -> None:
        """Forget a card for good; deleting what is not there is no error."""

    async def sweep(self) -> None:
        """Forget every card whose time is up. A worker does so every minute, also when nobody pays."""

    async def concerns(self) -> Sequence[str]:
        """What an operator should change about the store: a line each that names the setting."""

    async def close(self) -> None:
        """Let go of what is held open for this event loop. The vault may be used again afterwards."""
