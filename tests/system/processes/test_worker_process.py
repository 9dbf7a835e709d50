"""worker.py registers, works and ends on SIGTERM, and the worker that it builds finishes its activities."""

import asyncio
import signal
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.worker import Worker

import worker
from holdfast.temporal.names import DIFFERENCE, LATE_NOTIFICATION, RECONCILIATION
from services.settings import Settings
from services.worker.overdue_payments import METRIC
from services.worker.registration import RegistrationRefused
from tests.support.card_vault.valkey_server import valkey
from tests.support.eventually import eventually
from tests.support.services.service_process import running_process
from tests.support.services.slow_call import SlowCall
from tests.support.world import VAULT_KEY
from tools.local_stack.ports import free_ports
from workflows import WORKFLOWS


@pytest.fixture
def worker_environment(environment: dict[str, str], new_namespace: Client) -> dict[str, str]:
    """The settings of a worker of a new namespace, in which no other worker polls."""
    return environment | {
        "TEMPORAL_ADDRESS": new_namespace.service_client.config.target_host,
        "TEMPORAL_NAMESPACE": new_namespace.namespace,
    }


async def test_worker_registers_serves_metrics_and_ends_on_sigterm(
    worker_environment: dict[str, str],
) -> None:
    [port] = free_ports(1)
    bind = f"localhost:{port}"
    async with running_process("worker.py", worker_environment | {"HOLDFAST_METRICS_BIND": bind}) as process:
        await process.wait_for_log("registered search attributes: PaymentStatus, MerchantAccount")
        await process.wait_for_log("working on card-payments in namespace ns-")
        async with httpx.AsyncClient() as http:
            assert "temporal_" in (await http.get(f"http://{bind}/metrics")).text

            async def has_metric() -> bool:
                return f"\n{METRIC}" in (await http.get(f"http://{bind}/metrics")).text

            await eventually(has_metric)
        process.process.send_signal(signal.SIGTERM)
        assert await process.wait_for_exit() == 0
    assert not [line for line in process.log_lines if "Traceback" in line]


async def test_worker_logs_unsafe_vault_settings_and_closes_its_connections(
    worker_environment: dict[str, str], tmp_path: Path
) -> None:
    with valkey(tmp_path, "--save", "3600 1", "--maxmemory-policy", "allkeys-lru") as server:
        vault = {"HOLDFAST_CARD_VAULT": server.url, "HOLDFAST_CARD_VAULT_KEYS": VAULT_KEY}
        strict = {"PYTHONWARNINGS": "always::ResourceWarning"}
        async with running_process("worker.py", worker_environment | vault | strict) as process:
            await process.wait_for_log("the card vault's server: maxmemory_policy is 'allkeys-lru'")
            await process.wait_for_log("the card vault's server: save is '3600 1'")
            process.process.send_signal(signal.SIGTERM)
            assert await process.wait_for_exit() == 0
    assert not [line for line in process.log_lines if "Traceback" in line or "Warning" in line]


async def test_worker_without_temporal_waits_and_ends_on_sigterm(worker_environment: dict[str, str]) -> None:
    unreachable = worker_environment | {"TEMPORAL_ADDRESS": "127.0.0.1:1"}
    async with running_process("worker.py", unreachable) as process:
        await process.wait_for_log("Temporal cannot be reached: trying for 60 s")
        process.process.send_signal(signal.SIGTERM)
        assert await process.wait_for_exit() == 0
    assert process.log_lines[-1].endswith("trying for 60 s")


async def test_worker_without_temporal_ends_with_one_line_and_status_1(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(worker, "CONNECT_FOR", timedelta())
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    assert await worker.run(settings) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("worker.py: Temporal at 127.0.0.1:1 (namespace default) cannot be reached: ")


async def test_refused_registration_ends_the_worker_with_one_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def refused(_settings: Settings, _runtime: Runtime | None) -> Client:
        raise RegistrationRefused("search attributes are missing")

    monkeypatch.setattr(worker, "connect_and_register", refused)
    assert await worker.run(settings) == 1
    assert capsys.readouterr().err == "worker.py: search attributes are missing\n"


def test_every_workflow_of_the_contract_is_registered() -> None:
    names = {workflow._Definition.must_from_class(each).name for each in WORKFLOWS}
    assert {"CardPayment", LATE_NOTIFICATION, RECONCILIATION, DIFFERENCE} <= names


async def test_running_activity_is_finished_before_the_worker_ends(temporal: Client) -> None:
    queue = f"queue-{uuid4().hex}"
    begun, finish = asyncio.Event(), asyncio.Event()

    @activity.defn
    async def slow_call() -> str:
        begun.set()
        await finish.wait()
        return "answered"

    def new_worker() -> Worker:
        return worker.build_worker(temporal, [slow_call], workflows=[SlowCall], task_queue=queue)

    async with new_worker() as stopping:
        handle = await temporal.start_workflow(SlowCall.run, id=queue, task_queue=queue)
        await begun.wait()
        ending = asyncio.create_task(stopping.shutdown())
        await asyncio.sleep(0)
        finish.set()
        await ending
    async with new_worker():
        assert await handle.result() == "answered"
    history = await handle.fetch_history()
    started = [event.activity_task_started_event_attributes for event in history.events]
    assert max(each.attempt for each in started) == 1
