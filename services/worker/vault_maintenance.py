"""The periodic maintenance of the card vault: deletion of expired entries and a check of the server.

Expired card data is deleted even while no payment uses the vault (PCI DSS 3.3.1). A warning is logged when
the configuration of the vault's server would keep deleted data.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta

from holdfast.card_vault import CardVault, VaultUnavailable

POLL_INTERVAL = timedelta(minutes=1)
_logger = logging.getLogger("holdfast.cards")


@asynccontextmanager
async def vault_maintenance(vault: CardVault | None, every: timedelta = POLL_INTERVAL) -> AsyncIterator[None]:
    """Maintains the vault every `every` inside the block, and closes it at the end of the block.

    Args:
        vault: The card vault, or None where the process has none.
        every: The time between two runs.
    """
    if vault is None:
        yield
        return
    task = asyncio.create_task(_maintain(vault, every))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        await vault.close()


async def _maintain(vault: CardVault, every: timedelta) -> None:
    logged: Collection[str] = ()
    while True:
        try:
            await vault.sweep()
            concerns = await vault.config_warnings()
        except VaultUnavailable as error:
            _logger.warning("the card vault does not answer: %s", error)
        else:
            for concern in concerns:
                if concern not in logged:
                    _logger.warning("the card vault's server: %s", concern)
            logged = concerns
        await asyncio.sleep(every.total_seconds())
