"""Everything on one machine, as in production: Temporal, two workers, two webhooks, and the gateway."""

import asyncio
import base64
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx
from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError

from holdfast import PaymentClient
from holdfast.card_vault import Keyring, open_vault
from holdfast.temporal.connection import data_converter
from simulator.keys import keys_in
from tools.chaos.faults.process_faults import TEMPORAL, WEBHOOKS, WORKERS
from tools.chaos.faults.proxy import HOST, Proxy, Tap
from tools.chaos.service import IsReady, Service
from tools.demo.folder import Folder
from tools.local_stack import temporal_server
from tools.local_stack.ports import Ports, free_ports
from tools.local_stack.processes import Children

NOTIFY_PATH = "/antom/notifications"
ANSWER_WITHIN = timedelta(seconds=45)
"""How long a merchant waits for one answer of Temporal's."""
TIME_SCALE = 120
"""The gateway sends a notification again after one second, then after five."""
_INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR")
_VAULT_KEYS = "HOLDFAST_CARD_VAULT_KEYS"


@dataclass(frozen=True)
class Machine:
    """The processes and the two proxies between them."""

    services: Mapping[str, Service]
    to_gateway: Proxy
    to_webhooks: Proxy
    client: Client
    payments: PaymentClient
    gateway_url: str
    gateway_key: str
    client_id: str

    @property
    def notify_url(self) -> str:
        """Where notifications for the merchant's only account go."""
        return f"http://{HOST}:{self.to_webhooks.port}{NOTIFY_PATH}/default"

    async def heal(self) -> None:
        """Every process serves, every connection is let through. Raises ChildFailed."""
        for proxy in (self.to_gateway, self.to_webhooks):
            proxy.calm()
        await self.services[TEMPORAL].serve()
        await asyncio.gather(*(service.serve() for service in self.services.values()))

    async def close(self) -> None:
        """Close the proxies; the processes are their owner's to end."""
        await asyncio.gather(self.to_gateway.close(), self.to_webhooks.close())


async def opened(folder: Folder, children: Children, http: httpx.AsyncClient, tap: Tap) -> Machine:
    """Start everything. Raises ChildFailed, and OSError when a port cannot be had."""
    temporal, ui, simulator, *webhooks = free_ports(3 + len(WEBHOOKS))
    ports = Ports(temporal=temporal, ui=ui, simulator=simulator)
    to_gateway, to_webhooks = Proxy([simulator]), Proxy(webhooks, tap)
    await asyncio.gather(to_gateway.open(), to_webhooks.open())
    vault_keys = f"chaos:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    settings = _settings(folder, ports, to_gateway, to_webhooks, vault_keys)
    make = _Maker(folder, children, http)
    client = await _merchants_client(ports.temporal_address)
    services = [
        make.service(TEMPORAL, temporal_server.command(ports, folder.database), {}, _serves(client)),
        make.python("simulator", _simulator(folder, simulator), {}, make.answers(simulator)),
        *(make.python(name, ["worker.py"], settings, _works) for name in WORKERS),
    ]
    for name, port in zip(WEBHOOKS, webhooks, strict=True):
        bound = {**settings, "HOLDFAST_WEBHOOK_BIND": f"{HOST}:{port}"}
        services.append(make.python(name, ["webhook.py"], bound, make.answers(port)))
    vault = open_vault(f"sqlite:///{folder.cards}", Keyring.parse(vault_keys, _VAULT_KEYS))
    machine = Machine(
        services={service.name: service for service in services},
        to_gateway=to_gateway,
        to_webhooks=to_webhooks,
        client=client,
        payments=PaymentClient(client, vault=vault, answer_within=ANSWER_WITHIN),
        gateway_url=ports.url("simulator"),
        gateway_key=keys_in(folder.keys).gateway_private_key,
        client_id=settings["ANTOM_CLIENT_ID"],
    )
    await machine.heal()
    return machine


async def _merchants_client(address: str) -> Client:
    """A client that is silent about a server that does not answer: that is what the run is for."""
    quiet = Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter="error")))
    return await Client.connect(address, data_converter=data_converter(), runtime=quiet, lazy=True)


@dataclass(frozen=True)
class _Maker:
    folder: Folder
    children: Children
    http: httpx.AsyncClient

    def service(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], is_ready: IsReady
    ) -> Service:
        whole = {**_environment(self.folder), **environment}
        return Service(name, command, whole, self.folder.log(name), self.children, is_ready)

    def python(
        self, name: str, arguments: list[str], environment: Mapping[str, str], is_ready: IsReady
    ) -> Service:
        return self.service(name, [sys.executable, *arguments], environment, is_ready)

    def answers(self, port: int) -> IsReady:
        async def answers(_: Service) -> bool:
            try:
                return (await self.http.get(f"http://{HOST}:{port}/healthz")).is_success
            except httpx.HTTPError:
                return False

        return answers


async def _works(worker: Service) -> bool:
    return "working on" in worker.said


def _serves(client: Client) -> IsReady:
    async def serves(_: Service) -> bool:
        try:
            return await client.service_client.check_health(timeout=timedelta(seconds=1))
        except (RPCError, RuntimeError):
            return False

    return serves


def _simulator(folder: Folder, port: int) -> list[str]:
    bind = ["--bind", f"{HOST}:{port}", "--keys", str(folder.keys)]
    return ["-m", "simulator", *bind, "--time-scale", str(TIME_SCALE)]


def _environment(folder: Folder) -> dict[str, str]:
    """HOME is the run's folder, where no profile file of Temporal waits."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "HOME": str(folder.path), "XDG_CONFIG_HOME": str(folder.path)}


def _settings(
    folder: Folder, ports: Ports, to_gateway: Proxy, to_webhooks: Proxy, vault_keys: str
) -> dict[str, str]:
    keys = keys_in(folder.keys)
    return {
        "TEMPORAL_ADDRESS": ports.temporal_address,
        "TEMPORAL_NAMESPACE": temporal_server.NAMESPACE,
        "ANTOM_GATEWAY_URL": f"http://{HOST}:{to_gateway.port}",
        "ANTOM_CLIENT_ID": keys.client_id,
        "ANTOM_MERCHANT_PRIVATE_KEY": keys.merchant_private_key,
        "ANTOM_PUBLIC_KEY": keys.gateway_public_key,
        "HOLDFAST_NOTIFY_URL": f"http://{HOST}:{to_webhooks.port}{NOTIFY_PATH}",
        "HOLDFAST_CARD_VAULT": f"sqlite:///{folder.cards}",
        _VAULT_KEYS: vault_keys,
    }
