"""Card data does not outlive its fifteen minutes in a shop where nobody pays (PCI DSS 3.3.1)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from card_vault import CardVault, VaultUnavailable

SWEEP_EVERY = timedelta(minutes=1)
_logger = logging.getLogger("holdfast.cards")


@asynccontextmanager
async def sweeping(vault: CardVault | None, every: timedelta = SWEEP_EVERY) -> AsyncIterator[None]:
    """Keep the vault swept inside the block."""
    if vault is None:
        yield
        return
    task = asyncio.create_task(_sweep(vault, every))
    try:
        yield
    finally:
        task.cancel()


async def _sweep(vault: CardVault, every: timedelta) -> None:
    while True:
        try:
            await vault.sweep()
        except VaultUnavailable as error:
            _logger.warning("the card vault cannot be swept: %s", error)
        await asyncio.sleep(every.total_seconds())
