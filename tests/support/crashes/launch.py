"""Starts the machine: every part configured by its environment, on ports and files of its own."""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from holdfast import PaymentClient
from holdfast.card_vault import Keyring, open_vault
from holdfast.temporal.codec import CODEC_KEYS
from holdfast.temporal.connection import data_converter
from simulator.keys import keys_in
from tests.support.crashes.gateway import Gateway
from tests.support.crashes.machine import Machine
from tests.support.crashes.process import Process
from tools.local_stack.ports import free_ports
from tools.local_stack.temporal_server import PROGRAM

ROOT = Path(__file__).parents[3]
NOTIFY_PATH = "/antom/notifications"
VAULT_KEYS = "k1:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
TIME_SCALE = "120"
"""The gateway sends a notification again after one second, then after five."""
ANSWER_WITHIN = timedelta(seconds=10)
DYNAMIC_CONFIG = {
    "history.transferProcessorMaxPollRPS": "1000",
    "history.timerProcessorMaxPollRPS": "1000",
}
TASK_TIMEOUT = "2s"
"""Ten seconds by default: how long a step of a workflow is left to a worker that may be dead."""

Environment = Mapping[str, str]
Ready = Callable[[Process], Awaitable[bool]]
Program = Callable[[str], list[str]]
"""The command line that runs one of our processes, by the name of its file."""


def python(file: str) -> list[str]:
    """As an operator runs it."""
    return [sys.executable, str(ROOT / file)]


@asynccontextmanager
async def running_machine(
    folder: Path,
    settings: Environment | None = None,
    program: Program = python,
    task_timeout: str = TASK_TIMEOUT,
) -> AsyncIterator[Machine]:
    """Everything, on this one machine; nothing runs any more after the block. `settings` come on top."""
    ports = free_ports(3)
    temporal, gateway, webhook = (f"127.0.0.1:{port}" for port in ports)
    environment = {**_environment(folder, temporal, gateway, webhook), **(settings or {})}
    converter = data_converter(environment.get(CODEC_KEYS))
    client = await Client.connect(temporal, data_converter=converter, lazy=True)
    vault = open_vault(environment["HOLDFAST_CARD_VAULT"], Keyring.parse(VAULT_KEYS, "KEYS"))
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient())
        stack.push_async_callback(vault.close)

        def process(name: str, command: list[str], is_ready: Ready) -> Process:
            started = Process(command, environment, folder / f"{name}.log", is_ready)
            stack.push_async_callback(started.kill)
            return started

        machine = Machine(
            temporal=process(
                "temporal", _temporal(folder / "temporal.db", ports[0], task_timeout), _serves(client)
            ),
            simulator=process("simulator", _simulator(folder / "keys", gateway), healthy(http, gateway)),
            worker=process("worker", program("worker.py"), _works),
            webhook=process("webhook", program("webhook.py"), healthy(http, webhook)),
            gateway=Gateway(http, f"http://{gateway}"),
            webhook_url=f"http://{webhook}",
            client=client,
            vault=vault,
            payments=PaymentClient(client, vault=vault, answer_within=ANSWER_WITHIN),
        )
        await machine.repair()
        yield machine


def _environment(folder: Path, temporal: str, gateway: str, webhook: str) -> Environment:
    keys = keys_in(folder / "keys")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "TEMPORAL_ADDRESS": temporal,
        "ANTOM_GATEWAY_URL": f"http://{gateway}",
        "ANTOM_CLIENT_ID": keys.client_id,
        "ANTOM_MERCHANT_PRIVATE_KEY": keys.merchant_private_key,
        "ANTOM_PUBLIC_KEY": keys.gateway_public_key,
        "HOLDFAST_NOTIFY_URL": f"http://{webhook}{NOTIFY_PATH}",
        "HOLDFAST_WEBHOOK_BIND": webhook,
        "HOLDFAST_CARD_VAULT": f"sqlite:///{folder}/vault.db",
        "HOLDFAST_CARD_VAULT_KEYS": VAULT_KEYS,
    }


def _temporal(database: Path, port: int, task_timeout: str) -> list[str]:
    server = [str(PROGRAM), "server", "start-dev", "--headless"]
    server += ["--db-filename", str(database), "--port", str(port), "--log-level", "error"]
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        server += ["--sqlite-pragma", pragma]
    dynamic_config = {**DYNAMIC_CONFIG, "history.defaultWorkflowTaskTimeout": f'"{task_timeout}"'}
    for name, value in dynamic_config.items():
        server += ["--dynamic-config-value", f"{name}={value}"]
    return server


def _simulator(keys: Path, address: str) -> list[str]:
    options = ["--bind", address, "--keys", str(keys), "--time-scale", TIME_SCALE]
    return [sys.executable, "-m", "simulator", *options]


async def _works(worker: Process) -> bool:
    return "working on card-payments" in worker.said


def _serves(client: Client) -> Ready:
    async def serves(_: Process) -> bool:
        try:
            await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace="default"), timeout=timedelta(seconds=1)
            )
        except (RPCError, RuntimeError):
            return False
        return True

    return serves


def healthy(http: httpx.AsyncClient, address: str) -> Ready:
    """Whether what listens at an address says that it lives."""

    async def is_healthy(_: Process) -> bool:
        try:
            return (await http.get(f"http://{address}/healthz")).status_code == 200
        except httpx.TransportError:
            return False

    return is_healthy
