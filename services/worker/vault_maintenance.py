"""What a worker does for the card vault besides drawing from it.

Card data does not outlive its fifteen minutes in a shop where nobody pays (PCI DSS 3.3.1), and an operator
is told of a store that would keep it longer.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta

from holdfast.card_vault import CardVault, VaultUnavailable

LOOK_EVERY = timedelta(minutes=1)
_logger = logging.getLogger("holdfast.cards")


@asynccontextmanager
async def keeping(vault: CardVault | None, every: timedelta = LOOK_EVERY) -> AsyncIterator[None]:
    """Keep the vault swept and looked at inside the block; at its end it is closed."""
    if vault is None:
        yield
        return
    task = asyncio.create_task(_keep(vault, every))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        await vault.close()


async def _keep(vault: CardVault, every: timedelta) -> None:
    told: Collection[str] = ()
    while True:
        try:
            await vault.sweep()
            concerns = await vault.config_warnings()
        except VaultUnavailable as error:
            _logger.warning("the card vault does not answer: %s", error)
        else:
            for concern in concerns:
                if concern not in told:
                    _logger.warning("the card vault's server: %s", concern)
            told = concerns
        await asyncio.sleep(every.total_seconds())
