"""Temporal, the gateway simulator, workers, webhooks and the codec server as processes on one machine.

This is the only place that starts them: the demo, the fault-injection run, the benchmark and the system tests
each describe what they need in a `StackConfig`.
"""

import asyncio
import base64
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
from temporalio.client import Client

from holdfast import PaymentClient
from holdfast.card_vault import CardVault, Keyring, open_vault
from holdfast.client import ANSWER_WITHIN
from holdfast.settings.names import CARD_VAULT, CARD_VAULT_KEYS
from simulator.keys import Keys, keys_in
from tools.local_stack import temporal_server
from tools.local_stack.environment import base, codec_server, product
from tools.local_stack.folder import Folder
from tools.local_stack.ledger_client import LedgerClient
from tools.local_stack.ports import HOST, Ports
from tools.local_stack.processes import ROOT, Process, ProcessGroup

NOTIFY_PATH = "/antom/notifications"
TEMPORAL, SIMULATOR, CODEC_SERVER = "temporal", "simulator", "codec_server"

Program = Callable[[str], Sequence[str]]


def python_file(name: str) -> Sequence[str]:
    """Returns the command line of one of our processes, as an operator runs it."""
    return [sys.executable, str(ROOT / f"{name}.py")]


def new_key() -> str:
    """Returns a key in the form of HOLDFAST_CARD_VAULT_KEYS and HOLDFAST_CODEC_KEYS."""
    return f"local:{base64.b64encode(secrets.token_bytes(32)).decode()}"


@dataclass(frozen=True)
class StackConfig:
    """What runs, and how it differs from the defaults.

    `webhook_ports` has one port for each webhook. `gateway_url` and `notify_url` are set where a proxy stands
    between workers and gateway, or between gateway and webhooks, and `ui_port` where another server has the
    UI's own address. `environment` overrides variables of
    workers, webhooks and codec server. `time_scale` shortens the simulator's waits, `temporal_config` is
    dynamic configuration of the server, `program` gives the command line of a process by its name.
    """

    folder: Folder
    ports: Ports
    workers: int = 1
    webhook_ports: Sequence[int] = ()
    has_simulator: bool = True
    has_codec_server: bool = False
    is_encrypted: bool = False
    gateway_url: str | None = None
    notify_url: str | None = None
    ui_port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    time_scale: int = 1
    temporal_config: Mapping[str, str] = field(default_factory=dict)
    answer_within: timedelta = ANSWER_WITHIN
    program: Program = python_file


class LocalStack:
    """The processes of one configuration, and the clients that a merchant and a tool use with them.

    The stack writes the keys of card vault and codec to no file. `codec_keys` is None when Temporal stores
    payments in plain text. `codec_token` lets a person see payments in plain text through the codec server.
    """

    def __init__(self, config: StackConfig, group: ProcessGroup, http: httpx.AsyncClient) -> None:
        self.config = config
        self.folder, self.ports = config.folder, config.ports
        self.keys: Keys = keys_in(config.folder.keys)
        self.codec_keys = new_key() if config.is_encrypted else None
        self.codec_token = secrets.token_urlsafe(32)
        self.gateway = LedgerClient(self.ports.url("simulator"), http)
        self._http = http
        self._group = group
        self.vault_keys = new_key()
        self._environment = {
            **product(config.folder, self.ports, self.keys.client_id, self.vault_keys, self.codec_keys),
            "ANTOM_GATEWAY_URL": config.gateway_url or self.ports.url("simulator"),
            "HOLDFAST_NOTIFY_URL": config.notify_url or self._webhook_url + NOTIFY_PATH,
            **config.environment,
        }
        self.vault: CardVault = open_vault(
            self._environment[CARD_VAULT], Keyring.parse(self.vault_keys, CARD_VAULT_KEYS)
        )
        self.processes: dict[str, Process] = {}
        self.client: Client
        self.payments: PaymentClient

    @property
    def workers(self) -> Sequence[Process]:
        """The workers."""
        return [self.processes[name] for name in _names("worker", self.config.workers)]

    @property
    def webhooks(self) -> Sequence[Process]:
        """The webhooks."""
        return [self.processes[name] for name in _names("webhook", len(self.config.webhook_ports))]

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of workers and webhooks."""
        return self._environment

    @property
    def notify_url(self) -> str:
        """The base URL that the gateway sends notifications to."""
        return self._environment["HOLDFAST_NOTIFY_URL"]

    @property
    def ui_url(self) -> str:
        """The base URL at which Temporal serves its UI."""
        return f"http://{HOST}:{self.config.ui_port or self.ports.ui}"

    async def open(self) -> None:
        """Starts everything; payments can be made once it returns. Raises ProcessFailed."""
        probe = await temporal_server.connect(self.ports, lazy=True)
        for process in self._configured(probe):
            self.processes[process.name] = self._group.add(process)
        await self._start_servers()
        self.client = await temporal_server.connect(self.ports, self.codec_keys)
        self.payments = PaymentClient(self.client, vault=self.vault, answer_within=self.config.answer_within)
        await self.start_all()

    async def start_all(self) -> None:
        """Starts every process that has ended, resumes every frozen one, and waits until all are ready.

        Raises ProcessFailed.
        """
        await self._start_servers()
        await asyncio.gather(*(process.start() for process in self.processes.values()))

    async def reload_accounts(self) -> None:
        """Makes workers and webhooks read their key files again, and waits until they have."""
        await asyncio.gather(*(_reload(process) for process in (*self.workers, *self.webhooks)))

    @property
    def _webhook_url(self) -> str:
        return f"http://{HOST}:{next(iter(self.config.webhook_ports), self.ports.webhook)}"

    async def _start_servers(self) -> None:
        """Starts Temporal and the simulator, which the other processes connect to."""
        names = (TEMPORAL, SIMULATOR)
        servers = [self.processes[name] for name in names if name in self.processes]
        await asyncio.gather(*(process.start() for process in servers))

    def _configured(self, probe: Client) -> Sequence[Process]:
        """Returns every process of the configuration; `probe` is for the readiness of Temporal."""
        config = self.config
        found = [self._temporal(probe)]
        if config.has_simulator:
            found.append(self._simulator())
        found += [self._product_process(name, "worker") for name in _names("worker", config.workers)]
        names = _names("webhook", len(config.webhook_ports))
        found += [self._webhook(name, port) for name, port in zip(names, config.webhook_ports, strict=True)]
        if config.has_codec_server:
            found.append(self._codec_server())
        return found

    def _temporal(self, probe: Client) -> Process:
        config = self.config
        command = temporal_server.command(
            self.ports, self.folder.database, config.temporal_config, ui_port=config.ui_port
        )

        async def is_ready(_: Process) -> bool:
            return await temporal_server.is_serving(probe) and await self._answers(self.ui_url)

        return Process(TEMPORAL, command, base(self.folder), self.folder.log(TEMPORAL), is_ready)

    def _simulator(self) -> Process:
        bind = ["--bind", f"{HOST}:{self.ports.simulator}", "--keys", str(self.folder.keys)]
        command = [sys.executable, "-m", "simulator", *bind, "--time-scale", str(self.config.time_scale)]
        is_ready = self._answers_at(f"{self.ports.url('simulator')}/healthz")
        return Process(SIMULATOR, command, base(self.folder), self.folder.log(SIMULATOR), is_ready)

    def _webhook(self, name: str, port: int) -> Process:
        bind = {"HOLDFAST_WEBHOOK_BIND": f"{HOST}:{port}"}
        is_ready = self._answers_at(f"http://{HOST}:{port}/readyz")
        return self._product_process(name, "webhook", bind, is_ready)

    def _codec_server(self) -> Process:
        command = self.config.program(CODEC_SERVER)
        environment = {
            **codec_server(self.folder, self.ports, self.codec_keys or "", self.codec_token),
            **self.config.environment,
        }
        is_ready = self._answers_at(f"{self.ports.url('codec')}/healthz")
        return Process(CODEC_SERVER, command, environment, self.folder.log(CODEC_SERVER), is_ready)

    def _product_process(
        self,
        name: str,
        program: str,
        environment: Mapping[str, str] | None = None,
        is_ready: Callable[[Process], bool | Awaitable[bool]] | None = None,
    ) -> Process:
        command = self.config.program(program)
        variables = {**self._environment, **(environment or {})}
        return Process(name, command, variables, self.folder.log(name), is_ready or _has_started_polling)

    def _answers_at(self, url: str) -> Callable[[Process], Awaitable[bool]]:
        return lambda _: self._answers(url)

    async def _answers(self, url: str) -> bool:
        try:
            return (await self._http.get(url)).is_success
        except httpx.HTTPError:
            return False


@asynccontextmanager
async def running_stack(config: StackConfig, http: httpx.AsyncClient) -> AsyncIterator[LocalStack]:
    """Yields a stack that is open; no process is left at the end of the block. Raises ProcessFailed."""
    with ProcessGroup() as group:
        stack = LocalStack(config, group, http)
        try:
            await stack.open()
            yield stack
        finally:
            await stack.vault.close()


def _names(kind: str, number: int) -> Sequence[str]:
    return [kind] if number == 1 else [f"{kind}-{each}" for each in range(1, number + 1)]


def _has_started_polling(worker: Process) -> bool:
    return "working on" in worker.output


async def _reload(process: Process) -> None:
    """Sends SIGHUP and waits for the line that the process logs once it has read its files."""
    before = len(process.output)
    process.send_signal(signal.SIGHUP)
    await process.wait_until(lambda: "merchant accounts: " in process.output[before:])
