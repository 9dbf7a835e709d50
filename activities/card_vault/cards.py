"""Card data for one pay call: out of the vault, and out of the world when it is no longer needed."""

import logging

from temporalio import activity

from activities.errors import invalid_order
from holdfast.card_vault import CardData, CardVault, VaultUnavailable

_logger = logging.getLogger("holdfast.cards")


class CardAccess:
    """The vault as a pay call uses it; None where this worker has none."""

    def __init__(self, vault: CardVault | None) -> None:
        self._vault = vault

    async def open(self, reference: str | None) -> CardData | None:
        """The card, or None for a payment without one.

        Raises CardNotFound, CardUnreadable, VaultUnavailable, and ApplicationError (`InvalidOrder`) without a
        vault.
        """
        if reference is None:
            return None
        if self._vault is None:
            raise invalid_order(
                "paymentMethod.cardReference: there is no card vault, HOLDFAST_CARD_VAULT_KEYS is not set",
                activity.info().attempt,
            )
        return await self._vault.get(reference)

    async def forget(self, reference: str | None) -> None:
        """Delete the card (PCI DSS 3.3.1). A vault that does not answer drops it by itself within minutes."""
        if reference is None or self._vault is None:
            return
        try:
            await self._vault.delete(reference)
        except VaultUnavailable as error:
            _logger.warning("a used card stays in the vault until it expires: %s", error)
