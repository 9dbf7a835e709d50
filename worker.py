"""Process: runs the workflows and the activities of every payment.

It registers the search attributes it needs, then polls the task queue until SIGTERM or SIGINT; what is in
flight then is finished first, for `GRACE` at most.
"""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import timedelta

from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError
from temporalio.worker import PollerBehaviorAutoscaling, Worker
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from activities.gateway.payments import GatewayActivities
from activities.reconciliation.activities import ReconciliationActivities
from holdfast.antom.client import AntomClient
from holdfast.card_vault import CardVault
from holdfast.temporal.connection import TemporalSettingsError, connect, connect_config
from holdfast.temporal.names import TASK_QUEUE
from services.accounts.gateway_clients import GatewayClients
from services.accounts.registry import AccountRegistry, kept_current
from services.process_exit import leave
from services.settings import Settings, SettingsError, refusal, settings_or_exit
from services.worker import sandbox
from services.worker.deployment import Build, register_deployment_version
from services.worker.query_state_eviction import EvictingWorkflowRunner
from services.worker.registration import RegistrationRefused, register_search_attributes
from services.worker.vault_maintenance import keeping
from workflows import WORKFLOWS

PROCESS = "worker.py"
GRACE = timedelta(seconds=25)
"""Longer than a gateway takes to answer, shorter than the 30 seconds after which Kubernetes kills. A call
that is cut off all the same has an unknown outcome, and is repeated under its own id."""
ACTIVITIES_AT_ONCE = 100
"""Of all merchant accounts together. Who waits for one of these places is taken in turn, account by account,
where the server has fairness switched on."""
STICKY_TIMEOUT = timedelta(seconds=1)
"""How long a payment cached by a worker that died waits for it before another one takes over."""
CONNECT_FOR = timedelta(seconds=60)
CONNECT_EVERY = timedelta(seconds=2)
_logger = logging.getLogger("holdfast.worker")


def build_worker(
    client: Client,
    activities: Sequence[Callable[..., object]],
    *,
    workflows: Sequence[type] = WORKFLOWS,
    task_queue: str = TASK_QUEUE,
    grace: timedelta = GRACE,
    build: Build | None = None,
    activities_at_once: int = ACTIVITIES_AT_ONCE,
    restrictions: SandboxRestrictions = sandbox.PRODUCTION,
) -> Worker:
    """Returns the worker as it runs in production; `activities` are those of `every_activity`."""
    worker = Worker(
        client,
        task_queue=task_queue,
        workflows=workflows,
        activities=activities,
        workflow_runner=EvictingWorkflowRunner(restrictions, forget=lambda run_id: _evict(worker, run_id)),
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        graceful_shutdown_timeout=grace,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        max_concurrent_activities=activities_at_once,
        deployment_config=build.config if build else None,
    )
    return worker


def every_activity(
    client: Client, clients: Mapping[str, AntomClient], notify_url: str, vault: CardVault | None
) -> Sequence[Callable[..., object]]:
    """What a worker can do: `clients` are the gateway's by merchant account."""
    return (
        *GatewayActivities(clients, notify_url, vault).all(),
        *ReconciliationActivities(client, clients).all(),
    )


def _evict(worker: Worker, run_id: str) -> None:
    """Drop a workflow from the worker's cache, for which the SDK has no public name."""
    worker._bridge_worker.request_workflow_eviction(run_id)


async def connected(settings: Settings, runtime: Runtime | None) -> Client:
    """Connect and register, waiting up to `CONNECT_FOR` for Temporal.

    Raises RegistrationRefused, and what says that Temporal cannot be reached: RuntimeError, RPCError,
    TimeoutError.
    """
    deadline = asyncio.get_running_loop().time() + CONNECT_FOR.total_seconds()
    told = False
    while True:
        try:
            client = await connect(settings.holdfast_codec_keys, runtime)
            await register_search_attributes(client)
        except (RuntimeError, RPCError, TimeoutError):
            if asyncio.get_running_loop().time() >= deadline:
                raise
        else:
            return client
        if not told:
            _logger.warning("Temporal cannot be reached: trying for %d s", CONNECT_FOR.total_seconds())
            told = True
        await asyncio.sleep(CONNECT_EVERY.total_seconds())


def metrics_runtime(bind: tuple[str, int] | None) -> Runtime | None:
    """A runtime that serves Prometheus metrics on host and port; None without. Raises SettingsError."""
    if bind is None:
        return None
    try:
        host = str(socket.getaddrinfo(*bind, type=socket.SOCK_STREAM)[0][4][0])
        address = f"[{host}]:{bind[1]}" if ":" in host else f"{host}:{bind[1]}"
        metrics = PrometheusConfig(bind_address=address, durations_as_seconds=True)
        return Runtime(telemetry=TelemetryConfig(metrics=metrics))
    except (OSError, ValueError) as error:
        raise SettingsError("HOLDFAST_METRICS_BIND", f"cannot be bound: {_one_line(error)}") from None


async def run(settings: Settings) -> int:
    """Work until SIGTERM or SIGINT, finish what is in flight. Returns the exit status."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        address = connect_config()["target_host"]
        runtime = metrics_runtime(settings.metrics_bind)
    except (TemporalSettingsError, SettingsError) as error:
        return refusal(PROCESS, error)
    try:
        client = await _unless(stop, connected(settings, runtime))
    except RegistrationRefused as error:
        refusal(PROCESS, error)
        return 1
    except (RuntimeError, RPCError, TimeoutError) as error:
        refusal(PROCESS, ConnectionError(f"Temporal at {address} cannot be used: {_one_line(error)}"))
        return 1
    if client is not None:
        await _work(client, settings, stop)
    return 0


async def _work(client: Client, settings: Settings, stop: asyncio.Event) -> None:
    book = AccountRegistry(settings.accounts)
    async with GatewayClients(book) as clients:
        vault = settings.vault()
        activities = every_activity(client, clients, settings.holdfast_notify_url, vault)
        worker = build_worker(client, activities, build=settings.build)
        async with (
            keeping(vault),
            kept_current(book),
            worker,
            register_deployment_version(client, settings.build),
        ):
            _logger.info("working on %s in namespace %s", TASK_QUEUE, client.namespace)
            await stop.wait()
            _logger.info("stopping: what is in flight is finished first")


async def _unless(stop: asyncio.Event, connecting: Coroutine[None, None, Client]) -> Client | None:
    """The client, or None when a signal came first."""
    task, stopping = asyncio.create_task(connecting), asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if task.done():
        return task.result()
    task.cancel()
    return None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def main() -> int:
    """Run the process: 0 after a signal, 1 without Temporal, 2 when a setting is missing or malformed."""
    settings = settings_or_exit(PROCESS, Settings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return asyncio.run(run(settings))


if __name__ == "__main__":
    leave(main())
