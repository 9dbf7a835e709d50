"""Both keys of a merchant account are changed while its payments run: add, switch, remove.

The steps are those of docs/operations.md. What was signed before a step is still good after it.
"""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from simulator.keys import new_pair
from tools.local_stack.ledger_client import Gateway


@dataclass(frozen=True)
class KeyFiles:
    """The files that the account's settings name."""

    merchant_private_key: Path
    gateway_public_keys: Path


class KeyChange:
    """`take` returns once worker and webhook go by what the files say."""

    def __init__(self, gateway: Gateway, files: KeyFiles, take: Callable[[], Awaitable[None]]) -> None:
        self._gateway = gateway
        self._files = files
        self._take = take
        self._new_private_key, self._new_public_key = new_pair()

    async def add(self) -> None:
        """Each side knows the other's new key before it is used."""
        before = self._files.gateway_public_keys.read_text().strip()
        shown = await self._gateway.change_keys("prepare")
        _write(self._files.gateway_public_keys, f"{before},{shown.nextGatewayPublicKey}")
        await self._gateway.change_keys("register", self._new_public_key)
        await self._take()

    async def switch(self) -> None:
        """Both sign with their new keys from now on."""
        await self._gateway.change_keys("switch")
        _write(self._files.merchant_private_key, self._new_private_key)
        await self._take()

    async def remove(self) -> None:
        """The old keys count no more: when nothing that they have signed is on its way."""
        shown = await self._gateway.keys()
        _write(self._files.gateway_public_keys, shown.gatewayPublicKey)
        await self._take()
        for old in set(shown.merchantPublicKeys) - {self._new_public_key}:
            await self._gateway.change_keys("remove", old)


def _write(file: Path, text: str) -> None:
    """All at once: nobody reads half a key."""
    new = file.with_name(f"{file.name}.new")
    new.touch(mode=0o600)
    new.write_text(text + "\n")
    os.replace(new, file)
