"""The first build of a deployment becomes current, and an operator promotes every other one."""

import json
import re
import shlex
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from services.worker.deployment import Build, register_deployment_version
from tests.support.eventually import eventually
from tests.support.services.service_process import ServiceProcess, running_process
from tests.support.services.standin_payment import StandInPayment
from tests.support.services.temporal_command import temporal_command
from worker import build_worker

DEPLOYING = Path(__file__).parents[3] / "docs" / "operations" / "deployment.md"
DEPLOYMENT, OLD, NEW = "holdfast", "0000aaa", "0000bbb"
ROUTING = r"build {} (is the first|is current|waits|receives)"

Environment = dict[str, str]


@pytest.fixture
def worker_of(environment: Environment, new_namespace: Client) -> Any:
    """Runs worker.py as a build, in a new namespace."""
    address, namespace = new_namespace.service_client.config.target_host, new_namespace.namespace
    where = {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": namespace}

    @asynccontextmanager
    async def worker_of_build(build_id: str) -> AsyncIterator[ServiceProcess]:
        build = {"HOLDFAST_DEPLOYMENT": DEPLOYMENT, "HOLDFAST_BUILD_ID": build_id}
        async with running_process("worker.py", environment | where | build) as process:
            yield process

    return worker_of_build


async def logged_routing(worker: ServiceProcess, build_id: str) -> str:
    """Waits for the line in which a worker logs its routing."""
    return (await worker.wait_for_log(ROUTING.format(build_id))).string.strip()


async def routing(client: Client) -> tuple[str, float]:
    """Returns the current build, and the percentage of payments of another build."""
    line = await temporal_command(
        client, "worker", "deployment", "describe", "--name", DEPLOYMENT, "--output", "json"
    )
    config = json.loads(line)["routingConfig"]
    return config.get("currentVersionBuildID", ""), float(config.get("rampingVersionPercentage", 0))


async def test_new_build_waits_until_operator_runs_the_logged_command(
    worker_of: Any, new_namespace: Client
) -> None:
    async with AsyncExitStack() as workers:
        line = await logged_routing(await workers.enter_async_context(worker_of(OLD)), OLD)
        assert line.endswith(f"build {OLD} is the first of deployment {DEPLOYMENT}: it receives all payments")
        new = await workers.enter_async_context(worker_of(NEW))
        line = await logged_routing(new, NEW)
        assert f"build {NEW} waits: payments go to build {OLD}; " in line
        command = line.partition(" run temporal ")[2]
        await temporal_command(new_namespace, *shlex.split(command), "--yes")
        assert await routing(new_namespace) == (NEW, 0)
        new.process.send_signal(signal.SIGTERM)
        assert await new.wait_for_exit() == 0
    async with worker_of(NEW) as new:
        assert (await logged_routing(new, NEW)).endswith(f"build {NEW} is current: it receives payments")


@asynccontextmanager
async def working(client: Client, build_id: str) -> AsyncIterator[None]:
    """Runs a worker of the build in this process."""
    build = Build(build_id, DEPLOYMENT)
    async with (
        build_worker(client, [], workflows=[StandInPayment], build=build),
        register_deployment_version(client, build),
    ):
        yield


async def wait_for_routing(client: Client, wanted: tuple[str, float]) -> None:
    """Waits until payments are routed as wanted."""

    async def is_routed() -> bool:
        try:
            return await routing(client) == wanted
        except AssertionError:
            # the deployment does not exist before its first worker has polled
            return False

    await eventually(is_routed)


def commands() -> list[str]:
    """Returns the commands of the page's section, one for each line."""
    section = DEPLOYING.read_text().partition("### Builds side by side\n")[2].partition("\n## ")[0]
    block = section.partition("```sh\n")[2].partition("```")[0]
    return [line for line in block.splitlines() if line.startswith("temporal ")]


async def test_documented_deployment_commands_have_the_documented_effect(new_namespace: Client) -> None:
    routed = []
    async with working(new_namespace, OLD):
        await wait_for_routing(new_namespace, (OLD, 0))
        async with working(new_namespace, NEW):
            await _wait_until_listed(new_namespace, NEW)
            for command in commands():
                await temporal_command(new_namespace, *shlex.split(command)[1:])
                if re.search(r" set-(ramping|current)-version ", command):
                    routed.append(await routing(new_namespace))
    assert routed == [(OLD, 10), (OLD, 0), (NEW, 0), (OLD, 0), ("", 0)]


async def _wait_until_listed(client: Client, build_id: str) -> None:
    async def is_listed() -> bool:
        options = ("--name", DEPLOYMENT)
        return build_id in await temporal_command(client, "worker", "deployment", "describe", *options)

    await eventually(is_listed)


async def test_rollback_to_unversioned_workers_is_kept_when_a_worker_starts(
    new_namespace: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "holdfast.deployment")
    async with working(new_namespace, OLD):
        await wait_for_routing(new_namespace, (OLD, 0))
        options = ("--deployment-name", DEPLOYMENT, "--unversioned", "--yes")
        await temporal_command(new_namespace, "worker", "deployment", "set-current-version", *options)
    caplog.clear()
    async with working(new_namespace, OLD):
        await _logged(caplog, f"build {OLD} waits: payments go to workers without a version; ")
    assert await routing(new_namespace) == ("", 0)


async def _logged(caplog: pytest.LogCaptureFixture, text: str) -> None:
    await eventually(lambda: text in caplog.text)


async def test_one_of_two_concurrent_first_builds_becomes_current(
    new_namespace: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "holdfast.deployment")
    async with working(new_namespace, OLD), working(new_namespace, NEW):
        await _logged(caplog, "is the first of deployment")
        await _logged(caplog, "waits: payments go to build")
    assert len(caplog.records) == 2
    assert await routing(new_namespace) in [(OLD, 0), (NEW, 0)]


@pytest.mark.parametrize("status", [RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED])
async def test_refused_registration_logs_the_command_for_the_operator(
    temporal: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, status: RPCStatusCode
) -> None:
    class RefusingService:
        async def describe_worker_deployment(self, *_: object, **__: object) -> None:
            raise RPCError("refused", status, b"")

    monkeypatch.setattr(Client, "workflow_service", property(lambda _: RefusingService()))
    async with register_deployment_version(temporal, Build(NEW, DEPLOYMENT)):
        await _logged(caplog, f"({status.name})")
    assert f"set-current-version --deployment-name {DEPLOYMENT} --build-id {NEW}" in caplog.text


async def test_build_outside_a_deployment_is_recorded_and_receives_every_payment(temporal: Client) -> None:
    async with build_worker(
        temporal, [], workflows=[StandInPayment], task_queue="outside", build=Build("0000ccc")
    ):
        handle = await temporal.start_workflow("CardPayment", None, id="outside", task_queue="outside")
        await handle.signal("end")
        await handle.result()
    tasks = [
        event.workflow_task_completed_event_attributes
        for event in (await handle.fetch_history()).events
        if event.HasField("workflow_task_completed_event_attributes")
    ]
    assert {task.worker_version.build_id for task in tasks} == {"0000ccc"}
    assert not any(task.HasField("deployment_version") for task in tasks)
