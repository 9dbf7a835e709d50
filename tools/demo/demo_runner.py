"""One run of the demo: starts the processes, runs the scenarios, prints the table, and waits for a signal."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import httpx
from rich.console import Console
from rich.text import Text

from holdfast.temporal.names import workflow_id
from tools.demo.key_change import KeyChange
from tools.demo.progress import Progress
from tools.demo.results_table import complaints, results_table
from tools.demo.scenario_context import ScenarioContext
from tools.demo.scenario_result import ScenarioResult, run_all
from tools.demo.scenarios import LAST_SCENARIO, SCENARIOS
from tools.demo.shop import Shop
from tools.local_stack import temporal_server
from tools.local_stack.folder import Folder, prepared
from tools.local_stack.ports import HOST, Ports, choose_ports
from tools.local_stack.processes import ProcessGroup
from tools.local_stack.stack import LocalStack, StackConfig
from tools.shop.links import Links
from tools.shop.server import serving_shop


class DemoRunner:
    """Runs the demo once. `all_as_expected` is None until the table is printed."""

    def __init__(self, out: Console, folder: Path, *, once: bool) -> None:
        self._out = out
        self._folder = folder
        self._once = once
        self.all_as_expected: bool | None = None

    async def run(self) -> None:
        """Runs the scenarios; no process is left, however the run ends.

        Raises ProcessFailed, FolderRefused, and OSError when folder or ports are not available.
        """
        with prepared(self._folder) as (folder, replaced):
            if replaced:
                self._print(f"a new run: the database of the last one in {folder.path} is replaced")
            ports, lines = choose_ports()
            for line in lines:
                self._print(line)
            await self._watched(folder, ports)

    async def _watched(self, folder: Folder, ports: Ports) -> None:
        """Runs the scenarios, unless a process ends before they do."""
        # the processes end with the block, even if a signal interrupts the wait for the tasks
        with ProcessGroup() as group:
            watching = asyncio.create_task(group.watch())
            running = asyncio.create_task(self._run(folder, ports, group))
            try:
                await asyncio.wait({watching, running}, return_when=asyncio.FIRST_COMPLETED)
                (running if running.done() else watching).result()
            finally:
                # the errors of calls that are interrupted now are of no interest
                asyncio.get_running_loop().set_exception_handler(lambda *_: None)
                watching.cancel()
                running.cancel()
                await asyncio.gather(watching, running, return_exceptions=True)
                if running.cancelled():
                    self._print_ending()

    async def _run(self, folder: Folder, ports: Ports, group: ProcessGroup) -> None:
        config = StackConfig(
            folder, ports, webhook_ports=(ports.webhook,), has_codec_server=True, is_encrypted=True
        )
        async with AsyncExitStack() as cleanup:
            http = await cleanup.enter_async_context(
                httpx.AsyncClient(timeout=30, trust_env=False, follow_redirects=True)
            )
            self._print(
                "starting Temporal, the gateway's simulator, worker.py, webhook.py and codec_server.py ..."
            )
            stack = LocalStack(config, group, http)
            await stack.open()
            shop, links = Shop(stack.payments, ports.url("checkout")), _links(ports)
            await cleanup.enter_async_context(serving_shop(shop, links, HOST, ports.checkout))
            results = await self._scenarios(stack, shop, http)
            self._print_results(results)
            if not self._once:
                self._print_addresses(stack, results)
                self._print_decoding(stack, results)
                self._print("\nCtrl-C ends everything.")
                await asyncio.Event().wait()

    async def _scenarios(
        self, stack: LocalStack, shop: Shop, http: httpx.AsyncClient
    ) -> list[ScenarioResult]:
        titles = {scenario.name: scenario.title for scenario in (*SCENARIOS, LAST_SCENARIO)}
        self._print(f"Temporal UI: {temporal_server.workflows_url(stack.ports)}")
        self._print(f"{len(titles)} payments are on their way\n")
        [worker] = stack.workers
        with Progress(self._out, titles) as progress:
            keys = KeyChange(stack.gateway, stack.folder.key_files, stack.reload_accounts)
            return await run_all(ScenarioContext(shop, stack.gateway, http, progress, worker.restart, keys))

    def _print_results(self, results: Sequence[ScenarioResult]) -> None:
        self._out.print()
        self._out.print(results_table(results, self._out.width))
        for line in complaints(results):
            self._print(f"NOT AS IT SHOULD BE  {line}")
        self.all_as_expected = all(result.is_as_expected for result in results)
        if self.all_as_expected:
            self._print(f"all {len(results)} payments are where they should be")

    def _print_addresses(self, stack: LocalStack, results: Sequence[ScenarioResult]) -> None:
        links = _links(stack.ports)
        shown = {
            "pay by hand": stack.ports.url("checkout"),
            "all payments": links.workflows,
            "one payment": links.workflow(results[1].reference),
            "the gateway's ledger": links.ledger,
            "logs": str(stack.folder.logs),
        }
        self._out.print()
        for name, address in shown.items():
            self._print(f"{name:<22}{address}")

    def _print_decoding(self, stack: LocalStack, results: Sequence[ScenarioResult]) -> None:
        """Prints how an authorized person sees payments in plain text, which Temporal holds encrypted."""
        endpoint, workflow = stack.ports.url("codec"), workflow_id(results[1].reference)
        command = temporal_server.show_command(stack.ports, workflow, endpoint, stack.codec_token)
        self._print(
            "\nTemporal holds only ciphertext. To see payments in plain text in its UI, sign in with the"
        )
        self._print(f"token {stack.codec_token}")
        self._print(f"at    {endpoint}/sign-in and follow the steps there. On the command line:")
        self._print(command)

    def _print_ending(self) -> None:
        # the terminal may be closed
        with suppress(OSError):
            self._print("ending everything ...")

    def _print(self, line: str) -> None:
        self._out.print(Text(line), soft_wrap=True)


def _links(ports: Ports) -> Links:
    return Links(temporal_server.workflows_url(ports), ports.url("simulator"))
