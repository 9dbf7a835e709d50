"""Changes both keys of a merchant account while its payments run: add, switch, remove.

The steps are those of docs/operations/keys.md. A signature made before a step is still valid after it.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from simulator.keys import new_pair
from tools.local_stack.folder import KeyFiles
from tools.local_stack.ledger_client import LedgerClient


class KeyChange:
    """One change of both keys. `reload` returns once worker and webhook use the content of the files."""

    def __init__(self, gateway: LedgerClient, files: KeyFiles, reload: Callable[[], Awaitable[None]]) -> None:
        self._gateway = gateway
        self._files = files
        self._reload = reload
        self._new_private_key, self._new_public_key = new_pair()

    async def add(self) -> None:
        """Registers each side's new key with the other side before it is used."""
        before = self._files.gateway_public_keys.read_text().strip()
        shown = await self._gateway.change_keys("prepare")
        _write(self._files.gateway_public_keys, f"{before},{shown.nextGatewayPublicKey}")
        await self._gateway.change_keys("register", self._new_public_key)
        await self._reload()

    async def switch(self) -> None:
        """Makes both sides sign with their new keys."""
        await self._gateway.change_keys("switch")
        _write(self._files.merchant_private_key, self._new_private_key)
        await self._reload()

    async def remove(self) -> None:
        """Removes the old keys, once no message signed with them is in flight."""
        shown = await self._gateway.keys()
        _write(self._files.gateway_public_keys, shown.gatewayPublicKey)
        await self._reload()
        for old in set(shown.merchantPublicKeys) - {self._new_public_key}:
            await self._gateway.change_keys("remove", old)


def _write(file: Path, text: str) -> None:
    """Replaces the file atomically, so that no process reads half a key."""
    new = file.with_name(f"{file.name}.new")
    new.touch(mode=0o600)
    new.write_text(text + "\n")
    os.replace(new, file)
