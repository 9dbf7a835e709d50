"""The whole evening: open the house, play the stories, show the table, stay until somebody ends it."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import httpx
from rich.console import Console
from rich.text import Text

from holdfast.temporal.names import workflow_id
from simulator.http.server import serving
from tools.demo.checkout import create_app
from tools.demo.checkout_pages import Links
from tools.demo.folder import Folder, prepared
from tools.demo.key_change import KeyChange
from tools.demo.progress import Progress
from tools.demo.scenario_context import ScenarioContext
from tools.demo.scenario_run import Result, play_all
from tools.demo.scenarios import LAST_STORY, STORIES
from tools.demo.shop import Shop
from tools.demo.table import complaints, table_of
from tools.local_stack import temporal_server
from tools.local_stack.ledger_client import Gateway
from tools.local_stack.ports import HOST, Ports, choose_ports
from tools.local_stack.processes import Children
from tools.local_stack.stack import LocalStack


class Show:
    """One demo, from the first process to the last. `all_right` is known after the table."""

    def __init__(self, out: Console, folder: Path, *, once: bool) -> None:
        self._out = out
        self._folder = folder
        self._once = once
        self.all_right: bool | None = None

    async def run(self) -> None:
        """Play. Nothing is left running, however it ends.

        Raises ChildFailed, FolderRefused, and OSError when folder or ports cannot be had.
        """
        with prepared(self._folder) as (folder, replaced):
            if replaced:
                self._say(f"a new run: the database of the last one in {folder.path} is replaced")
            ports, lines = choose_ports()
            for line in lines:
                self._say(line)
            await self._watched(folder, ports)

    async def _watched(self, folder: Folder, ports: Ports) -> None:
        """Play, unless a child process ends before the play does."""
        # the children end with the block, even if a signal cuts short the wait for what plays
        with Children() as children:
            watching = asyncio.create_task(children.watch())
            playing = asyncio.create_task(self._play(folder, ports, children))
            try:
                await asyncio.wait({watching, playing}, return_when=asyncio.FIRST_COMPLETED)
                (playing if playing.done() else watching).result()
            finally:
                # calls that are cut off now have nobody who wants to hear how they end
                asyncio.get_running_loop().set_exception_handler(lambda *_: None)
                watching.cancel()
                playing.cancel()
                await asyncio.gather(watching, playing, return_exceptions=True)
                if playing.cancelled():
                    self._say_ending()

    async def _play(self, folder: Folder, ports: Ports, children: Children) -> None:
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(
                httpx.AsyncClient(timeout=30, trust_env=False, follow_redirects=True)
            )
            self._say(
                "starting Temporal, the gateway's simulator, worker.py, webhook.py and codec_server.py ..."
            )
            house = LocalStack(folder, ports, children, http)
            payments = await house.open()
            shop, links = Shop(payments, ports.url("checkout")), _links(ports)
            await stack.enter_async_context(serving(create_app(shop, links), HOST, ports.checkout))
            results = await self._stories(house, shop, http)
            self._tell(results)
            if not self._once:
                self._addresses(house, results)
                self._in_clear(house, results)
                self._say("\nCtrl-C ends everything.")
                await asyncio.Event().wait()

    async def _stories(self, house: LocalStack, shop: Shop, http: httpx.AsyncClient) -> list[Result]:
        titles = {story.name: story.title for story in (*STORIES, LAST_STORY)}
        self._say(f"Temporal UI: {temporal_server.workflows_url(house.ports)}")
        self._say(f"{len(titles)} payments are on their way\n")
        with Progress(self._out, titles) as progress:
            gateway = Gateway(house.ports.url("simulator"), http)
            keys = KeyChange(gateway, house.key_files, house.take_keys)
            theatre = ScenarioContext(shop, gateway, http, progress, house.replace_worker, keys)
            return await play_all(theatre)

    def _tell(self, results: Sequence[Result]) -> None:
        self._out.print()
        self._out.print(table_of(results, self._out.width))
        for line in complaints(results):
            self._say(f"NOT AS IT SHOULD BE  {line}")
        self.all_right = all(result.is_right for result in results)
        if self.all_right:
            self._say(f"all {len(results)} payments are where they should be")

    def _addresses(self, house: LocalStack, results: Sequence[Result]) -> None:
        links = _links(house.ports)
        shown = {
            "pay by hand": house.ports.url("checkout"),
            "all payments": links.workflows,
            "one payment": links.workflow(results[1].reference),
            "the gateway's ledger": links.ledger,
            "logs": str(house.folder.path / "logs"),
        }
        self._out.print()
        for name, address in shown.items():
            self._say(f"{name:<22}{address}")

    def _in_clear(self, house: LocalStack, results: Sequence[Result]) -> None:
        """Temporal holds payments encrypted: how a person who may see them does."""
        endpoint, workflow = house.ports.url("codec"), workflow_id(results[1].reference)
        command = temporal_server.show_command(house.ports, workflow, endpoint, house.codec_token)
        self._say(
            "\nTemporal has nothing but ciphertext. To see payments in clear in its UI, sign in with the"
        )
        self._say(f"token {house.codec_token}")
        self._say(f"at    {endpoint}/sign-in and do what is said there. On the command line:")
        self._say(command)

    def _say_ending(self) -> None:
        # a terminal that has gone away hears nothing
        with suppress(OSError):
            self._say("ending everything ...")

    def _say(self, line: str) -> None:
        self._out.print(Text(line), soft_wrap=True)


def _links(ports: Ports) -> Links:
    return Links(temporal_server.workflows_url(ports), f"{ports.url('simulator')}/ledger")
