"""The worker process, which runs the workflows and the activities of every payment.

It registers the search attributes that it needs, and polls the task queue until SIGTERM or SIGINT. It then
finishes the running activities, for `GRACE` at most.
"""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import MetricMeter
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError
from temporalio.worker import PollerBehaviorAutoscaling, Worker
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from activities.gateway.payments import GatewayActivities
from activities.reconciliation.activities import ReconciliationActivities
from holdfast.antom.accepted_answers import AcceptedAnswers
from holdfast.antom.client import AntomClient
from holdfast.card_vault import CardVault
from holdfast.errors import TemporalSettingsError, TemporalUnavailable
from holdfast.settings.errors import SettingsError
from holdfast.settings.names import METRICS_BIND
from holdfast.temporal.connection import connect, connect_config
from holdfast.temporal.names import TASK_QUEUE
from holdfast.temporal.process_exit import exit_without_teardown
from services.accounts.gateway_clients import GatewayClients
from services.accounts.registry import AccountRegistry, reload_on_change
from services.settings import Settings
from services.settings_reading import settings_or_exit
from services.startup_error import startup_error
from services.worker import sandbox
from services.worker.activity_log import log_expected_failures_in_one_line
from services.worker.deployment import Build, register_deployment_version
from services.worker.overdue_payments import reporting_overdue_payments
from services.worker.query_state_eviction import EvictingWorkflowRunner
from services.worker.registration import RegistrationRefused, register_search_attributes
from services.worker.vault_maintenance import vault_maintenance
from workflows import WORKFLOWS

PROCESS = "worker.py"
GRACE = timedelta(seconds=25)
"""Longer than the gateway takes to answer, and shorter than the 30 seconds after which Kubernetes kills the
process. A call that is cut off has an unknown outcome, and is repeated under the same request id."""
ACTIVITIES_AT_ONCE = 100
"""The number of activities that run at once, of all merchant accounts together. Waiting activities are taken
from the accounts in turn where the server has fairness enabled."""
STICKY_TIMEOUT = timedelta(seconds=1)
"""How long the server waits for the worker that has cached a workflow, before another one gets the task."""
LONGEST_TASK = 9
"""Seconds after which a workflow task counts as stuck: less than the server's 10. The SDK's 2 are too few for
the thousands of notifications that a payment can receive while no worker runs; it would never go on."""
CONNECT_FOR = timedelta(seconds=60)
CONNECT_EVERY = timedelta(seconds=2)
_UNUSABLE = (TemporalUnavailable, RuntimeError, RPCError, TimeoutError)
"""The errors of a Temporal that cannot be used. It may be usable a moment later."""
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
    """Builds the worker as it runs in production.

    Args:
        client: The Temporal client.
        activities: The activities, as `every_activity` returns them.
        workflows: The workflow classes.
        task_queue: The task queue to poll.
        grace: The time in which running activities finish at the end.
        build: The build of the code, for worker versioning.
        activities_at_once: The number of activities that run at once.
        restrictions: Which modules the workflow sandbox passes through.
    """
    worker = Worker(
        client,
        task_queue=task_queue,
        workflows=workflows,
        activities=activities,
        workflow_runner=EvictingWorkflowRunner(restrictions, evict=lambda run_id: _evict(worker, run_id)),
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        graceful_shutdown_timeout=grace,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        max_concurrent_activities=activities_at_once,
        deployment_config=build.config if build else None,
    )
    _allow_long_tasks(worker)
    return worker


def every_activity(
    client: Client, clients: Mapping[str, AntomClient], notify_url: str, vault: CardVault | None
) -> Sequence[Callable[..., object]]:
    """Returns every activity that a worker registers.

    Args:
        client: The Temporal client.
        clients: The gateway clients by merchant account.
        notify_url: The public URL of the webhook.
        vault: The card vault, if there is one.
    """
    return (
        *GatewayActivities(clients, notify_url, vault).all(),
        *ReconciliationActivities(client, clients).all(),
    )


def _evict(worker: Worker, run_id: str) -> None:
    """Evicts a workflow from the worker's cache, for which the SDK has no public method."""
    worker._bridge_worker.request_workflow_eviction(run_id)


def _allow_long_tasks(worker: Worker) -> None:
    """Sets how long one workflow task may take, for which the SDK has no public setting."""
    if (workflows := worker._workflow_worker) is not None:
        workflows._deadlock_timeout_seconds = LONGEST_TASK


async def connect_and_register(settings: Settings, runtime: Runtime | None) -> Client:
    """Connects and registers the search attributes, and waits up to `CONNECT_FOR` for Temporal.

    Raises:
        RegistrationRefused: The namespace lacks search attributes that cannot be added.
        TemporalUnavailable, RuntimeError, RPCError, TimeoutError: Temporal cannot be used.
    """
    deadline = asyncio.get_running_loop().time() + CONNECT_FOR.total_seconds()
    is_logged = False
    while True:
        try:
            client = await connect(settings.holdfast_codec_keys, runtime)
            await register_search_attributes(client)
        except _UNUSABLE:
            if asyncio.get_running_loop().time() >= deadline:
                raise
        else:
            return client
        if not is_logged:
            _logger.warning("Temporal cannot be reached: trying for %d s", CONNECT_FOR.total_seconds())
            is_logged = True
        await asyncio.sleep(CONNECT_EVERY.total_seconds())


def metrics_runtime(bind: tuple[str, int] | None) -> Runtime | None:
    """Creates a runtime that serves Prometheus metrics on host and port. Returns None without an address.

    Raises:
        SettingsError: The address cannot be bound.
    """
    if bind is None:
        return None
    try:
        host = str(socket.getaddrinfo(*bind, type=socket.SOCK_STREAM)[0][4][0])
        address = f"[{host}]:{bind[1]}" if ":" in host else f"{host}:{bind[1]}"
        metrics = PrometheusConfig(bind_address=address, durations_as_seconds=True)
        return Runtime(telemetry=TelemetryConfig(metrics=metrics))
    except (OSError, ValueError) as error:
        raise SettingsError(METRICS_BIND, f"cannot be bound: {_one_line(error)}") from None


async def run(settings: Settings) -> int:
    """Works until SIGTERM or SIGINT, and finishes the running activities. Returns the exit status."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        address = connect_config()["target_host"]
        runtime = metrics_runtime(settings.metrics_bind)
    except (TemporalSettingsError, SettingsError) as error:
        return startup_error(PROCESS, error)
    try:
        client = await _until_stopped(stop, connect_and_register(settings, runtime))
    except RegistrationRefused as error:
        startup_error(PROCESS, error)
        return 1
    except TemporalUnavailable as error:
        startup_error(PROCESS, error)
        return 1
    except _UNUSABLE as error:
        startup_error(PROCESS, ConnectionError(f"Temporal at {address} cannot be used: {_one_line(error)}"))
        return 1
    if client is not None:
        await _work(client, settings, stop, (runtime or Runtime.default()).metric_meter)
    return 0


async def _work(client: Client, settings: Settings, stop: asyncio.Event, meter: MetricMeter) -> None:
    registry = AccountRegistry(settings.accounts)
    accepted = AcceptedAnswers(settings.answer_skew)
    async with GatewayClients(registry, accepted=accepted) as clients:
        vault = settings.vault()
        activities = every_activity(client, clients, settings.holdfast_notify_url, vault)
        worker = build_worker(client, activities, build=settings.build)
        async with (
            vault_maintenance(vault),
            reload_on_change(registry),
            worker,
            register_deployment_version(client, settings.build),
            reporting_overdue_payments(client, meter),
        ):
            _logger.info("working on %s in namespace %s", TASK_QUEUE, client.namespace)
            await stop.wait()
            _logger.info("stopping: running activities are finished first")


async def _until_stopped(stop: asyncio.Event, connecting: Coroutine[None, None, Client]) -> Client | None:
    """Returns the client, or None when a signal arrives first."""
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
    """Runs the process. Returns 0 after a signal, 1 without Temporal, and 2 when a setting cannot be used."""
    settings = settings_or_exit(PROCESS, Settings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    log_expected_failures_in_one_line()
    return asyncio.run(run(settings))


if __name__ == "__main__":
    exit_without_teardown(main())
