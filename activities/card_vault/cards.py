"""Reads the card data of a pay call from the vault, and deletes it after use."""

import logging

from temporalio import activity

from activities.errors import invalid_order
from holdfast.card_vault import CardData, CardVault, VaultUnavailable

_logger = logging.getLogger("holdfast.cards")


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
            ApplicationError: `InvalidOrder`, where this worker has no vault.
        """
        if reference is None:
            return None
        if self._vault is None:
            raise invalid_order(
                "paymentMethod.cardReference: there is no card vault, HOLDFAST_CARD_VAULT_KEYS is not set",
                activity.info().attempt,
            )
        return await self._vault.get(reference)

    async def delete(self, reference: str | None) -> None:
        """Deletes the card (PCI DSS 3.3.1). A vault that does not answer deletes it at its expiry."""
        if reference is None or self._vault is None:
            return
        try:
            await self._vault.delete(reference)
        except VaultUnavailable as error:
            _logger.warning("a used card stays in the vault until it expires: %s", error)
