"""Reads the card data of a pay call from the vault, and deletes it after use."""

import logging

from temporalio.exceptions import ApplicationError

from activities.calls import Failure
from holdfast.card_vault import CardData, CardKeyUnknown, CardVault, VaultUnavailable

_logger = logging.getLogger("holdfast.cards")
_NO_VAULT = "paymentMethod.cardReference: this worker has no card vault, HOLDFAST_CARD_VAULT_KEYS is not set"
_KEY_UNKNOWN = (
    "paymentMethod.cardReference: HOLDFAST_CARD_VAULT_KEYS of this worker lacks the key of this card"
)


class CardAccess:
    """Access to the card vault for pay calls; `vault` is None where this worker has none."""

    def __init__(self, vault: CardVault | None) -> None:
        self._vault = vault

    async def read(self, reference: str | None) -> CardData | None:
        """Returns the card; None for a payment without one.

        Raises:
            CardNotFound: The vault has no card of this reference.
            CardUnreadable: The card cannot be decrypted.
            VaultUnavailable: The vault does not answer.
            ApplicationError: `NotSent`, where this worker has no vault, or not the key of this card.
        """
        if reference is None:
            return None
        if self._vault is None:
            raise ApplicationError(_NO_VAULT, type=Failure.NOT_SENT)
        try:
            return await self._vault.get(reference)
        except CardKeyUnknown:
            raise ApplicationError(_KEY_UNKNOWN, type=Failure.NOT_SENT) from None

    async def delete(self, reference: str | None) -> None:
        """Deletes the card (PCI DSS 3.3.1). A vault that does not answer deletes it at its expiry."""
        if reference is None or self._vault is None:
            return
        try:
            await self._vault.delete(reference)
        except VaultUnavailable as error:
            _logger.warning("a used card stays in the vault until it expires: %s", error)
