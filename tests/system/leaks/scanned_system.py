"""Holdfast as in production, encrypted and with verbose logs, and every place where data could remain."""

import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from temporalio.converter import PayloadCodec

from holdfast.card_vault import CardData
from holdfast.client import ANSWER_WITHIN
from holdfast.temporal.codec import codec_from
from tests.support.card_vault.stores import Store
from tests.support.crashes.system import Json, SystemUnderTest, stack_config
from tests.support.leaks import marks
from tests.support.leaks.search import Finding, card_data_in, person_in
from tests.support.leaks.temporal_store import everything, leaks_of
from tests.support.world import order_fields
from tests.system.leaks.verbose import without_locals
from tools.local_stack.folder import prepared
from tools.local_stack.ports import HOST, free_ports
from tools.local_stack.stack import SIMULATOR, running_stack


def verbose(name: str) -> Sequence[str]:
    """Returns the command line of one of our processes with verbose logs."""
    return [sys.executable, "-m", "tests.system.leaks.verbose", name]


@dataclass
class ScannedSystem:
    """The processes, and the errors that the merchant received."""

    system: SystemUnderTest
    metrics_url: str
    store: Store
    http: httpx.AsyncClient
    errors: list[str] = field(default_factory=list)
    ciphertexts: list[bytes] = field(default_factory=list)
    """Every card that was in the vault, as it was stored there."""

    @property
    def codec(self) -> PayloadCodec:
        """The codec that encrypts everything in Temporal."""
        return codec_from(self.system.stack.codec_keys or "")

    @property
    def codec_url(self) -> str:
        """The URL of the codec server."""
        return self.system.stack.ports.url("codec")

    @property
    def webhook_url(self) -> str:
        """The URL of the webhook."""
        return self.system.stack.ports.url("webhook")

    async def store_card(self, number: str = marks.VISA, cryptogram: str | None = None) -> str:
        """Stores a marked card; returns its reference."""
        card = CardData(
            cardNo=number,
            cvv=marks.CVV,
            expiryMonth=marks.MONTH,
            expiryYear=marks.YEAR,
            cardPasswordDigest=marks.PIN,
            cavv=cryptogram,
        )
        reference = await self.system.payments.store_card(card)
        self.ciphertexts.append(self.store.read(reference)[2])
        return reference

    async def order(
        self,
        reference: str,
        number: str | None = marks.VISA,
        cryptogram: str | None = None,
        **meta: object,
    ) -> Json:
        """Returns the order of a marked person, with a stored card, or without one for the gateway's page."""
        method: Json = {"paymentMethodType": "CARD", "paymentMethodMetaData": {**marks.cardholder(), **meta}}
        if number is not None:
            method["cardReference"] = await self.store_card(number, cryptogram)
        return {**order_fields(reference), "paymentMethod": method}

    async def assert_refused(self, call: Awaitable[object]) -> None:
        """Records the error of a refused call with its causes. Raises AssertionError when it is accepted."""
        try:
            await call
        except Exception as error:
            self.errors.append("".join(traceback.format_exception(error)) + repr(error))
        else:
            raise AssertionError("the call was accepted")

    async def leaks(self) -> list[Finding]:
        """Returns every finding in every place."""
        found = [each async for each in self._in_temporal()]
        for place, data in self._places(await self._metrics()):
            found += [*card_data_in(place, data), *person_in(place, without_locals(data))]
            found += [Finding(place, "a used card", "encrypted") for each in self.ciphertexts if each in data]
        return sorted(set(found))

    async def _in_temporal(self) -> AsyncIterator[Finding]:
        async for message in everything(self.system.client):
            for finding in await leaks_of(message, self.codec):
                yield finding

    async def _metrics(self) -> bytes:
        return (await self.http.get(self.metrics_url)).raise_for_status().content

    def _places(self, metrics: bytes) -> Iterator[tuple[str, bytes]]:
        yield "metrics", metrics
        yield "errors of the merchant", "\n".join(self.errors).encode()
        yield "the vault's disk", self.store.bytes_on_disk()
        folder = self.system.stack.folder
        for file in sorted([*folder.path.iterdir(), *folder.logs.iterdir()]):
            # the simulator is the gateway, which has the card
            if file.is_file() and file != folder.log(SIMULATOR):
                yield file.name, file.read_bytes()


@asynccontextmanager
async def running_scanned_system(
    path: Path, store: Store, vault_url: str | None
) -> AsyncIterator[ScannedSystem]:
    """Yields the running processes; none is left at the end of the block."""
    [port] = free_ports(1)
    environment = {"HOLDFAST_METRICS_BIND": f"{HOST}:{port}"}
    if vault_url is not None:
        environment["HOLDFAST_CARD_VAULT"] = vault_url
    with prepared(path) as (folder, _):
        config = stack_config(
            folder,
            task_timeout=timedelta(seconds=10),
            # a response that is cut off would add a random event
            answer_within=ANSWER_WITHIN,
            environment=environment,
            is_encrypted=True,
            program=verbose,
        )
        async with httpx.AsyncClient(trust_env=False) as http, running_stack(config, http) as stack:
            yield ScannedSystem(SystemUnderTest(stack), f"http://{HOST}:{port}/metrics", store, http)
