"""Holdfast as it runs in production, encrypted and talkative, and every place where something could lie."""

import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
from temporalio.converter import PayloadCodec

from holdfast import PaymentClient
from holdfast.card_vault import CardData
from holdfast.temporal.codec import CODEC_KEYS, codec_from
from simulator.keys import Keys, keys_in
from tests.support.card_vault.stores import Store
from tests.support.crashes.launch import healthy, running_machine
from tests.support.crashes.machine import Json, Machine
from tests.support.crashes.process import Process
from tests.support.leaks import marks
from tests.support.leaks.scanned import CODEC_KEY
from tests.support.leaks.search import Finding, card_data_in, person_in
from tests.support.leaks.temporal_store import everything, leaks_of
from tests.support.world import order_fields
from tests.system.leaks.talkative import without_locals
from tools.local_stack.ports import free_ports

TOKEN = "operator-" + "o" * 32
_NOT_OURS = "simulator.log"


def talkative(file: str) -> list[str]:
    """The command line of one of our processes that says everything."""
    return [sys.executable, "-m", "tests.system.leaks.talkative", file.removesuffix(".py")]


@dataclass
class LocalStack:
    """The machine, the codec server, and what the merchant was told when something was refused."""

    machine: Machine
    codec_server: Process
    codec_url: str
    metrics_url: str
    webhook_url: str
    folder: Path
    store: Store
    http: httpx.AsyncClient
    keys: Keys
    told: list[str] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)
    """Every card that was in the vault, as it was kept there."""

    @property
    def codec(self) -> PayloadCodec:
        """What encrypts everything that Temporal stores."""
        return codec_from(CODEC_KEY)

    async def store_card(self, number: str = marks.VISA) -> str:
        """A marked card; its reference."""
        card = CardData(
            cardNo=number,
            cvv=marks.CVV,
            expiryMonth=marks.MONTH,
            expiryYear=marks.YEAR,
            cardPasswordDigest=marks.PIN,
        )
        reference = await self.machine.payments.store_card(card)
        self.sealed.append(self.store.read(reference)[2])
        return reference

    async def order(self, reference: str, number: str | None = marks.VISA, **meta: object) -> Json:
        """The order of a marked person, with a card sent by the merchant, or to be paid on the gateway's
        page."""
        method: Json = {"paymentMethodType": "CARD", "paymentMethodMetaData": {**marks.cardholder(), **meta}}
        if number is not None:
            method["cardReference"] = await self.store_card(number)
        return {**order_fields(reference), "paymentMethod": method}

    async def refused(self, call: Awaitable[object]) -> None:
        """What the call says when it is refused, with everything that led to it. An AssertionError if not."""
        try:
            await call
        except Exception as error:
            self.told.append("".join(traceback.format_exception(error)) + repr(error))
        else:
            raise AssertionError("it was taken")

    async def leaks(self) -> list[Finding]:
        """What lies anywhere."""
        found = [each async for each in self._at_temporal()]
        for place, data in self._places(await self._metrics()):
            found += [*card_data_in(place, data), *person_in(place, without_locals(data))]
            found += [Finding(place, "a used card", "sealed") for box in self.sealed if box in data]
        return sorted(set(found))

    async def _at_temporal(self) -> AsyncIterator[Finding]:
        async for held in everything(self.machine.client):
            for finding in await leaks_of(held, self.codec):
                yield finding

    async def _metrics(self) -> bytes:
        return (await self.http.get(self.metrics_url)).raise_for_status().content

    def _places(self, metrics: bytes) -> Iterator[tuple[str, bytes]]:
        yield "metrics", metrics
        yield "what the merchant was told", "\n".join(self.told).encode()
        yield "the vault's disk", self.store.bytes_on_disk()
        for file in sorted(self.folder.iterdir()):
            if file.is_file() and file.name != _NOT_OURS:
                yield file.name, file.read_bytes()


@asynccontextmanager
async def running_house(folder: Path, store: Store, vault_url: str) -> AsyncIterator[LocalStack]:
    """All of it; nothing runs any more after the block."""
    codec_port, metrics_port = free_ports(2)
    codec, metrics = f"127.0.0.1:{codec_port}", f"127.0.0.1:{metrics_port}"
    settings = {
        CODEC_KEYS: CODEC_KEY,
        "HOLDFAST_CARD_VAULT": vault_url,
        "HOLDFAST_METRICS_BIND": metrics,
        "HOLDFAST_CODEC_BIND": codec,
        "HOLDFAST_CODEC_TOKENS": f"ops-7:{TOKEN}",
    }
    async with AsyncExitStack() as stack:
        machine = await stack.enter_async_context(
            running_machine(folder, settings, talkative, task_timeout="10s")
        )
        # an answer that is cut off would be one more thing to happen, at random
        patient = PaymentClient(machine.client, vault=machine.vault)
        http = await stack.enter_async_context(httpx.AsyncClient())
        server = machine.webhook.beside(talkative("codec_server.py"), "codec_server", healthy(http, codec))
        stack.push_async_callback(server.kill)
        await server.start()
        yield LocalStack(
            machine=replace(machine, payments=patient),
            codec_server=server,
            codec_url=f"http://{codec}",
            metrics_url=f"http://{metrics}/metrics",
            webhook_url=machine.webhook_url,
            folder=folder,
            store=store,
            http=http,
            keys=keys_in(folder / "keys"),
        )
