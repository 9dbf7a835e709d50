"""Temporal: its variables, the connection, the namespace, the search attributes, and the workers."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from holdfast.card_vault import KeyringError
from holdfast.cli.doctor.check import Area, Check, ok, problem, skipped, warning
from holdfast.cli.doctor.variables import Environment, value_of
from holdfast.cli.views.times import duration
from holdfast.errors import TemporalSettingsError
from holdfast.temporal.codec import CODEC_KEYS
from holdfast.temporal.connection import connect_config, data_converter
from holdfast.temporal.names import TASK_QUEUE
from holdfast.temporal.search_attributes import TYPES, create_command, type_name

CONNECT_SECONDS = 10.0
RPC_TIMEOUT = timedelta(seconds=10)
RETENTION = timedelta(days=30)
"""A shorter retention is worth a warning: a reference can be started again when its payment is deleted."""
POLLED_WITHIN = timedelta(seconds=90)
"""A poll lasts a minute at most."""
CLOCK_TOLERANCE = timedelta(seconds=5)
_CONNECTION, _NAMESPACE, _ATTRIBUTES, _WORKERS = "connection", "namespace", "search attributes", "workers"
_ADDRESS = "TEMPORAL_ADDRESS"
_START = "Start Temporal, or set TEMPORAL_ADDRESS. With the demo: source .demo/merchant.env"
_START_WORKER = "Start worker.py with the same TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE."
_HIDDEN = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.UNIMPLEMENTED)


async def temporal_checks(environment: Environment) -> tuple[list[Check], Client | None]:
    """Returns the checks of Temporal, and its client where the connection works."""
    try:
        config = connect_config()
    except TemporalSettingsError as error:
        advice = 'See "Temporal" in the operations pages.'
        broken = [problem(Area.TEMPORAL, name, rule, advice) for name, rule in error.problems]
        return [*broken, *_unknown()], None
    address = f"{config['target_host']}, namespace {config['namespace']}"
    client = await _client(value_of(environment, CODEC_KEYS))
    if client is None:
        failed = problem(Area.TEMPORAL, _CONNECTION, f"Temporal at {address} does not answer", _START)
        return [failed, *_unknown()], None
    default = "" if value_of(environment, _ADDRESS) else f"; {_ADDRESS} is not set"
    checks = [ok(Area.TEMPORAL, _CONNECTION, f"{address}{default}")]
    for check in (_namespace, _attributes, _workers):
        checks.append(await check(client))
    return checks, client


def _unknown() -> list[Check]:
    finding = "not known without a connection"
    return [skipped(Area.TEMPORAL, name, finding) for name in (_NAMESPACE, _ATTRIBUTES, _WORKERS)]


async def _client(codec_keys: str | None) -> Client | None:
    """Returns a client, also of a namespace that does not exist, which has a check of its own."""
    try:
        converter = data_converter(codec_keys)
    except KeyringError:
        converter = data_converter()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await Client.connect(**connect_config(), data_converter=converter)
    except (RuntimeError, TimeoutError):
        return None


async def _namespace(client: Client) -> Check:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    try:
        found = await client.workflow_service.describe_namespace(request, timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            advice = f"Set TEMPORAL_NAMESPACE, or: temporal operator namespace create {client.namespace}"
            return problem(Area.TEMPORAL, _NAMESPACE, f"there is no namespace {client.namespace}", advice)
        return _not_allowed(_NAMESPACE, error)
    retention = found.config.workflow_execution_retention_ttl.ToTimedelta()
    finding = f"ended payments are kept for {retention.days} d"
    if retention < RETENTION:
        advice = (
            "Keep them longer for production, because a reference can be used again when its payment is "
            f"deleted: temporal operator namespace update --namespace {client.namespace} --retention 90d"
        )
        return warning(Area.TEMPORAL, _NAMESPACE, finding, advice)
    return ok(Area.TEMPORAL, _NAMESPACE, finding)


async def _attributes(client: Client) -> Check:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        found = await client.operator_service.list_search_attributes(request, timeout=RPC_TIMEOUT)
    except RPCError as error:
        return _not_allowed(_ATTRIBUTES, error)
    known = found.custom_attributes
    wrong = [name for name, kind in TYPES.items() if known.get(name, kind) != kind]
    missing = [name for name in TYPES if name not in known]
    if wrong:
        types = ", ".join(f"{name} must be {type_name(TYPES[name])}" for name in wrong)
        return problem(Area.TEMPORAL, _ATTRIBUTES, types, "Use another namespace, or remove them first.")
    if missing:
        advice = f"Start the worker, which creates them, or: {create_command(missing)}"
        return problem(Area.TEMPORAL, _ATTRIBUTES, f"missing: {', '.join(missing)}", advice)
    return ok(Area.TEMPORAL, _ATTRIBUTES, f"all {len(TYPES)} are there")


async def _workers(client: Client) -> Check:
    kinds = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
    try:
        workflow_pollers, activity_pollers = [await _pollers(client, kind) for kind in kinds]
    except RPCError as error:
        return _not_allowed(_WORKERS, error)
    return workers_finding(workflow_pollers, activity_pollers, datetime.now(UTC))


def workers_finding(
    workflow_pollers: Mapping[str, datetime], activity_pollers: Mapping[str, datetime], now: datetime
) -> Check:
    """Returns the check of the workers, each with the time of its last poll by Temporal's clock.

    Temporal names a worker for some minutes after its end, and every running one polls each minute.
    """
    if not workflow_pollers or not activity_pollers:
        return problem(Area.TEMPORAL, _WORKERS, f"no worker polls the task queue {TASK_QUEUE}", _START_WORKER)
    ages = {name: now - polled for name, polled in {**workflow_pollers, **activity_pollers}.items()}
    polling = [name for name, age in ages.items() if age < POLLED_WITHIN]
    if not polling:
        finding = f"the last poll of {TASK_QUEUE} was {duration(min(ages.values()))} ago"
        return problem(Area.TEMPORAL, _WORKERS, finding, _START_WORKER)
    if min(ages.values()) < -CLOCK_TOLERANCE:
        finding = f"this machine's clock is {duration(-min(ages.values()))} behind Temporal's"
        return warning(Area.TEMPORAL, _WORKERS, finding, "Synchronize the clocks (NTP).")
    finding = f"{len(polling)} {'polls' if len(polling) == 1 else 'poll'} the task queue {TASK_QUEUE}"
    return ok(Area.TEMPORAL, _WORKERS, finding)


async def _pollers(client: Client, kind: TaskQueueType.ValueType) -> Mapping[str, datetime]:
    """Returns the time of the last poll of each worker that has polled within the last minutes."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=TASK_QUEUE), task_queue_type=kind
    )
    found = await client.workflow_service.describe_task_queue(request, timeout=RPC_TIMEOUT)
    return {poller.identity: poller.last_access_time.ToDatetime(UTC) for poller in found.pollers}


def _not_allowed(name: str, error: RPCError) -> Check:
    if error.status is RPCStatusCode.NOT_FOUND:
        return skipped(Area.TEMPORAL, name, "not known without the namespace")
    if error.status in _HIDDEN:
        return skipped(Area.TEMPORAL, name, f"the server does not allow this check ({error.status.name})")
    finding = f"Temporal did not answer ({error.status.name})"
    return problem(Area.TEMPORAL, name, finding, "Run the command again, and look at Temporal's log.")
