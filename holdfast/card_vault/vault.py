"""The interface of a card vault, which every store implements."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from holdfast.card_vault.card import CardData

ENTRY_LIFETIME = timedelta(minutes=15)
"""The longest time an entry is kept.

A CVV must not be kept after authorization, even encrypted (PCI DSS 3.3.1). An entry is therefore deleted as
soon as the pay call of its attempt has an outcome; this limit applies to every other entry.
"""


class CardVault(Protocol):
    """An encrypted, short-lived store of card data. Every method may raise VaultUnavailable."""

    async def put(self, card: CardData) -> str:
        """Stores a card and returns its unguessable reference, valid for `ENTRY_LIFETIME` at most."""

    async def get(self, reference: str) -> CardData:
        """Returns the card under a reference.

        Raises:
            CardNotFound: There is no entry under the reference, or it has expired.
            CardUnreadable: The entry cannot be decrypted.
        """

    async def delete(self, reference: str) -> None:
        """Deletes a card permanently; deleting an absent card is not an error."""

    async def sweep(self) -> None:
        """Deletes every expired card; a worker calls this every minute, with or without payments."""

    async def config_warnings(self) -> Sequence[str]:
        """Returns a line for each setting of the store that an operator should change."""

    async def close(self) -> None:
        """Closes what this event loop holds open. The vault may be used again afterwards."""
