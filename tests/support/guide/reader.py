"""A reader of the guide: a terminal with the demo's environment, and a browser for the gateway's page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.crashes.system import SystemUnderTest
from tests.support.guide.page import section
from tests.support.guide.terminal import Terminal, terminal
from tools.demo.buyer import follow_pages

ADDRESS = r"(http://\S+/\w+/[\w-]+)"
"""The address of the gateway's page in what a program prints."""
GOOD_CARD = "4054695723100768"
DECLINED_CARD = "4054692760174822"
DESCRIPTION = b"two books"
"""What every order of the guide describes."""


@dataclass(frozen=True)
class Reader:
    """A reader in a checkout; `system` is the running demo, by whose ledger the payments are judged."""

    system: SystemUnderTest
    checkout: Path
    notes: Path
    http: httpx.AsyncClient
    shop: str

    @property
    def is_encrypted(self) -> bool:
        """Whether the demo encrypts what Temporal stores."""
        return self.system.stack.codec_keys is not None

    @asynccontextmanager
    async def terminal(self) -> AsyncIterator[Terminal]:
        """Yields a terminal in which the reader has typed the first lines of the guide."""
        async with terminal(self.checkout, self.notes) as shell:
            await shell.run(section("## Your first payment, against the demo").blocks("sh")[1])
            yield shell

    async def pays(self, shell: Terminal, card: str = GOOD_CARD) -> None:
        """Opens the address that the terminal shows, and pays."""
        await follow_pages(self.http, await shell.prints(ADDRESS), self.shop, card)

    async def assert_captured_once(self, output: str) -> None:
        """Asserts that the payment named in an output is captured once in full, by the gateway's ledger.

        Its order must be stored as the demo is configured: encrypted or in plain text.
        """
        reference = reference_in(output)
        await self.system.assert_captured_once(reference)
        history = await self.system.handle(reference).fetch_history()
        is_plain = DESCRIPTION in history.events[0].SerializeToString()
        assert is_plain is not self.is_encrypted


def reference_in(output: str) -> str:
    """Returns the reference that an output begins with."""
    return output.split(" ", 1)[0]
