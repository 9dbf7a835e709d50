"""One run of the demo: starts the processes, runs the scenarios, prints the table, and waits for a signal."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.text import Text

from holdfast.temporal.names import workflow_id
from simulator.http.server import serving
from tools.demo.addresses import Addresses
from tools.demo.key_change import KeyChange
from tools.demo.progress import Progress
from tools.demo.results_table import complaints, results_table
from tools.demo.scenario_context import ScenarioContext
from tools.demo.scenario_result import ScenarioResult, run_all
from tools.demo.scenarios import LAST_SCENARIO, SCENARIOS
from tools.demo.shop import Shop
from tools.demo.supervision.supervisor import Supervisor
from tools.local_stack import temporal_server
from tools.local_stack.first_ended import first_ended
from tools.local_stack.folder import Folder, prepared
from tools.local_stack.merchant_environment import merchant_environment, written
from tools.local_stack.ports import HOST, Ports, free_ports, reserved_ports
from tools.local_stack.processes import POLL_INTERVAL, ProcessGroup
from tools.local_stack.stack import LocalStack, StackConfig
from tools.shop.links import Links
from tools.shop.server import serving_shop
from tools.temporal_ui import app as temporal_ui
from tools.temporal_ui.app import payments_url
from tools.temporal_ui.proxy import Proxy

EXAMPLE = "hosted-3ds"
"""The payment whose page in the Temporal UI shows the most."""


@dataclass(frozen=True)
class DemoOptions:
    """What a run does: `is_once` ends it after the table, `has_scenarios` runs them before anything else."""

    folder: Path
    is_once: bool = False
    is_encrypted: bool = False
    has_scenarios: bool = True


class DemoRunner:
    """Runs the demo once. `all_as_expected` is None until the scenarios have ended."""

    def __init__(self, out: Console, options: DemoOptions) -> None:
        self._out = out
        self._options = options
        self._is_supervised = asyncio.Event()
        self.all_as_expected: bool | None = None

    async def run(self) -> None:
        """Runs until the table is printed or a signal comes; no process is left, however the run ends.

        Raises ProcessFailed, FolderRefused, and OSError when folder or ports are not available.
        """
        with prepared(self._options.folder) as (folder, replaced), reserved_ports() as (ports, lines):
            if replaced:
                self._print(f"a new run: the database of the last one in {folder.path} is replaced")
            for line in lines:
                self._print(line)
            # the processes end with the block, even if a signal interrupts the wait for the tasks
            with ProcessGroup() as group:
                try:
                    await first_ended(self._watch(group), self._run(folder, ports, group))
                except asyncio.CancelledError:
                    self._print_ending()
                    raise
                finally:
                    # the errors of calls that are interrupted now are of no interest
                    asyncio.get_running_loop().set_exception_handler(lambda *_: None)

    async def _watch(self, group: ProcessGroup) -> None:
        """Raises ProcessFailed when a process ends before the table: the scenarios count on every one."""
        # the event is read before each check, so that a process that ends later is the supervisor's alone
        while not self._is_supervised.is_set():
            group.check()
            await asyncio.sleep(POLL_INTERVAL)
        await asyncio.Event().wait()

    async def _run(self, folder: Folder, ports: Ports, group: ProcessGroup) -> None:
        async with self._running(folder, ports, group) as (stack, shop):
            results = await self._scenarios(stack, shop) if self._options.has_scenarios else []
            self._conclude(results)
            if not self._options.is_once:
                await self._stay(stack, shop)

    @asynccontextmanager
    async def _running(
        self, folder: Folder, ports: Ports, group: ProcessGroup
    ) -> AsyncIterator[tuple[LocalStack, Shop]]:
        """Yields the processes and the shop, which serves its pages until the end of the block."""
        async with AsyncExitStack() as cleanup:
            stack = LocalStack(self._config(folder, ports), group, await cleanup.enter_async_context(_http()))
            codec_server = (
                ", webhook.py and codec_server.py" if self._options.is_encrypted else " and webhook.py"
            )
            self._print(f"starting Temporal, the gateway's simulator, worker.py{codec_server} ...")
            cleanup.push_async_callback(stack.vault.close)
            await stack.open()
            cleanup.enter_context(written(folder.merchant_environment, merchant_environment(stack)))
            shop = Shop(stack.payments, ports.url("checkout"))
            links = Links(temporal_server.workflows_url(ports), ports.url("simulator"))
            await cleanup.enter_async_context(serving_shop(shop, links, HOST, ports.checkout))
            await cleanup.enter_async_context(_serving_ui(stack))
            yield stack, shop

    def _config(self, folder: Folder, ports: Ports) -> StackConfig:
        is_encrypted = self._options.is_encrypted
        [ui_port] = free_ports(1)
        return StackConfig(
            folder,
            ports,
            webhook_ports=(ports.webhook,),
            has_codec_server=is_encrypted,
            is_encrypted=is_encrypted,
            ui_port=ui_port,
        )

    async def _scenarios(self, stack: LocalStack, shop: Shop) -> list[ScenarioResult]:
        titles = {scenario.name: scenario.title for scenario in (*SCENARIOS, LAST_SCENARIO)}
        self._print(f"Temporal UI: {payments_url(stack.ports)}")
        self._print(f"{len(titles)} payments are on their way\n")
        [worker] = stack.workers
        async with _http() as http:
            with Progress(self._out, titles) as progress:
                keys = KeyChange(stack.gateway, stack.folder.key_files, stack.reload_accounts)
                context = ScenarioContext(shop, stack.gateway, http, progress, worker.restart, keys)
                return await run_all(context)

    def _conclude(self, results: Sequence[ScenarioResult]) -> None:
        """Prints the table, where there were scenarios."""
        self.all_as_expected = all(result.is_as_expected for result in results)
        if not results:
            return
        self._out.print()
        self._out.print(results_table(results, self._out.width))
        for line in complaints(results):
            self._print(f"NOT AS IT SHOULD BE  {line}")
        if self.all_as_expected:
            self._print(f"all {len(results)} payments are where they should be")

    async def _stay(self, stack: LocalStack, shop: Shop) -> None:
        """Prints how to go on, and starts again what ends, until a signal comes. Raises ProcessFailed."""
        has_scenarios = self._options.has_scenarios
        example = workflow_id(EXAMPLE)
        addresses = Addresses(self._out, stack)
        addresses.print_all(example if has_scenarios else None)
        if self._options.is_encrypted:
            addresses.print_decoding(example if has_scenarios else workflow_id("REFERENCE"))
        self._print("\nCtrl-C ends everything.")
        supervisor = Supervisor(self._out, stack, shop, has_experiments=has_scenarios)
        self._is_supervised.set()
        try:
            await supervisor.run()
        finally:
            self.all_as_expected = self.all_as_expected and supervisor.all_as_expected

    def _print_ending(self) -> None:
        # the terminal may be closed
        with suppress(OSError):
            self._print("ending everything ...")

    def _print(self, line: str) -> None:
        self._out.print(Text(line), soft_wrap=True)


def _http() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=30, trust_env=False, follow_redirects=True)


@asynccontextmanager
async def _serving_ui(stack: LocalStack) -> AsyncIterator[None]:
    """Serves Temporal's UI on its address until the end of the block."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        app = temporal_ui.create_app(stack.ports, stack.client, Proxy(stack.ui_url, http))
        async with serving(app, HOST, stack.ports.ui):
            yield
