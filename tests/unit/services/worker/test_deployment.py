"""Which build is given payments: the first one by itself, every other one when an operator says so."""

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
from tests.support.services.command_line import temporal as temporal_command
from tests.support.services.service_process import ServiceProcess, running_process
from tests.support.services.standin_payment import StandInPayment
from worker import build_worker

OPERATIONS = Path(__file__).parents[4] / "docs" / "operations.md"
DEPLOYMENT, OLD, NEW = "holdfast", "0000aaa", "0000bbb"
PLACE = r"build {} (is the first|is current|waits|is given)"

Environment = dict[str, str]


@pytest.fixture
def worker_of(environment: Environment, new_namespace: Client) -> Any:
    """Run worker.py as a build, in a namespace that has had none."""
    address, namespace = new_namespace.service_client.config.target_host, new_namespace.namespace
    where = {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": namespace}

    @asynccontextmanager
    async def worker_of_build(build_id: str) -> AsyncIterator[ServiceProcess]:
        build = {"HOLDFAST_DEPLOYMENT": DEPLOYMENT, "HOLDFAST_BUILD_ID": build_id}
        async with running_process("worker.py", environment | where | build) as process:
            yield process

    return worker_of_build


async def place(worker: ServiceProcess, build_id: str) -> str:
    """What a worker says of its place."""
    return (await worker.wait_for_log(PLACE.format(build_id))).string.strip()


async def routing(client: Client) -> tuple[str, float]:
    """The current build, and what percentage is given to another one."""
    said = await temporal_command(
        client, "worker", "deployment", "describe", "--name", DEPLOYMENT, "--output", "json"
    )
    config = json.loads(said)["routingConfig"]
    return config.get("currentVersionBuildID", ""), float(config.get("rampingVersionPercentage", 0))


async def test_a_build_waits_until_an_operator_runs_what_it_says(
    worker_of: Any, new_namespace: Client
) -> None:
    async with AsyncExitStack() as workers:
        said = await place(await workers.enter_async_context(worker_of(OLD)), OLD)
        assert said.endswith(f"build {OLD} is the first of deployment {DEPLOYMENT}: it is given all payments")
        new = await workers.enter_async_context(worker_of(NEW))
        said = await place(new, NEW)
        assert f"build {NEW} waits: payments go to build {OLD}; " in said
        command = said.partition(" run temporal ")[2]
        await temporal_command(new_namespace, *shlex.split(command), "--yes")
        assert await routing(new_namespace) == (NEW, 0)
        new.process.send_signal(signal.SIGTERM)
        assert await new.wait_for_exit() == 0
    async with worker_of(NEW) as new:
        assert (await place(new, NEW)).endswith(f"build {NEW} is current: it is given payments")


@asynccontextmanager
async def working(client: Client, build_id: str) -> AsyncIterator[None]:
    """A worker of this build, in this process."""
    build = Build(build_id, DEPLOYMENT)
    async with (
        build_worker(client, [], workflows=[StandInPayment], build=build),
        register_deployment_version(client, build),
    ):
        yield


async def become(client: Client, wanted: tuple[str, float]) -> None:
    """Wait until payments are routed like this."""

    async def is_routed() -> bool:
        try:
            return await routing(client) == wanted
        except AssertionError:
            # no worker of the deployment has been seen yet
            return False

    await eventually(is_routed)


def commands() -> list[str]:
    """The commands of the page's section, each a line."""
    section = OPERATIONS.read_text().partition("### Builds side by side\n")[2].partition("\n## ")[0]
    block = section.partition("```sh\n")[2].partition("```")[0]
    return [line for line in block.splitlines() if line.startswith("temporal ")]


async def test_the_commands_of_operations_do_what_is_written_beside_them(new_namespace: Client) -> None:
    routed = []
    async with working(new_namespace, OLD):
        await become(new_namespace, (OLD, 0))
        async with working(new_namespace, NEW):
            await _is_seen(new_namespace, NEW)
            for command in commands():
                await temporal_command(new_namespace, *shlex.split(command)[1:])
                if re.search(r" set-(ramping|current)-version ", command):
                    routed.append(await routing(new_namespace))
    assert routed == [(OLD, 10), (OLD, 0), (NEW, 0), (OLD, 0), ("", 0)]


async def _is_seen(client: Client, build_id: str) -> None:
    async def is_listed() -> bool:
        options = ("--name", DEPLOYMENT)
        return build_id in await temporal_command(client, "worker", "deployment", "describe", *options)

    await eventually(is_listed)


async def test_a_roll_back_to_workers_without_a_version_is_not_undone_by_a_worker_that_starts(
    new_namespace: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "holdfast.deployment")
    async with working(new_namespace, OLD):
        await become(new_namespace, (OLD, 0))
        options = ("--deployment-name", DEPLOYMENT, "--unversioned", "--yes")
        await temporal_command(new_namespace, "worker", "deployment", "set-current-version", *options)
    caplog.clear()
    async with working(new_namespace, OLD):
        await _logged(caplog, f"build {OLD} waits: payments go to workers without a version; ")
    assert await routing(new_namespace) == ("", 0)


async def _logged(caplog: pytest.LogCaptureFixture, words: str) -> None:
    await eventually(lambda: words in caplog.text)


async def test_of_two_first_builds_one_is_first(
    new_namespace: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "holdfast.deployment")
    async with working(new_namespace, OLD), working(new_namespace, NEW):
        await _logged(caplog, "is the first of deployment")
        await _logged(caplog, "waits: payments go to build")
    assert len(caplog.records) == 2
    assert await routing(new_namespace) in [(OLD, 0), (NEW, 0)]


@pytest.mark.parametrize("status", [RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED])
async def test_a_server_that_does_not_let_us_decide_leaves_it_to_the_operator(
    temporal: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, status: RPCStatusCode
) -> None:
    class Narrow:
        async def describe_worker_deployment(self, *_: object, **__: object) -> None:
            raise RPCError("refused", status, b"")

    monkeypatch.setattr(Client, "workflow_service", property(lambda _: Narrow()))
    async with register_deployment_version(temporal, Build(NEW, DEPLOYMENT)):
        await _logged(caplog, f"({status.name})")
    assert f"set-current-version --deployment-name {DEPLOYMENT} --build-id {NEW}" in caplog.text


async def test_a_build_outside_a_deployment_is_told_and_takes_every_payment(temporal: Client) -> None:
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
