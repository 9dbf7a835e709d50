"""Several builds of Holdfast in one worker deployment, among which Temporal routes payments."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.enums.v1 import RoutingConfigUpdateState
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
from temporalio.service import RPCError

from holdfast import PaymentClient
from services.worker.deployment import Build, register_deployment_version
from tests.support.eventually import eventually
from tests.support.services.temporal_command import temporal_command
from tests.support.world import World
from worker import build_worker
from workflows import WORKFLOWS

ROUTED = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_COMPLETED


class Deployment:
    """A worker deployment with a task queue of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.name = f"deployment-{secrets.token_hex(4)}"
        self.payments = PaymentClient(
            world.client, vault=world.vault, answer_within=timedelta(seconds=60), task_queue=self.name
        )

    @asynccontextmanager
    async def build(self, build_id: str | None, workflows: Sequence[type] = WORKFLOWS) -> AsyncIterator[None]:
        """Runs a worker of this build during the block; without an id, a worker without a version."""
        client, build = self._world.client, Build(build_id, self.name) if build_id else None
        worker = build_worker(
            client,
            self._world.activities,
            workflows=workflows,
            task_queue=self.name,
            grace=timedelta(seconds=5),
            build=build,
        )
        async with worker, register_deployment_version(client, build):
            if build_id is not None:
                await eventually(lambda: self._is_known(build_id))
            yield

    async def promote(self, build_id: str) -> None:
        """Promotes the build as an operator does, and waits until the task queue is routed to it."""
        await self.set_current(build_id)
        await self.is_routed()

    async def set_current(self, build_id: str) -> None:
        """Makes the build the current one; the task queue is routed to it some time later."""
        options = ("--deployment-name", self.name, "--build-id", build_id, "--yes")
        await temporal_command(self._world.client, "worker", "deployment", "set-current-version", *options)

    async def is_routed(self) -> None:
        """Waits until the task queue is routed to the current build."""
        await eventually(self._is_routed, within=200)

    async def _is_routed(self) -> bool:
        return (await self._described()).routing_config_update_state == ROUTED

    async def _is_known(self, build_id: str) -> bool:
        """Returns whether the server knows this build, and has a current version to route to."""
        try:
            deployment = await self._described()
        except RPCError:
            return False
        builds = {version.deployment_version.build_id for version in deployment.version_summaries}
        return build_id in builds and deployment.routing_config.HasField("current_deployment_version")

    async def _described(self) -> WorkerDeploymentInfo:
        client = self._world.client
        request = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=self.name)
        described = await client.workflow_service.describe_worker_deployment(request, retry=True)
        return described.worker_deployment_info

    async def wait_for_task_on(self, reference: str, build_id: str) -> None:
        """Waits until a worker of this build, "" for no version, has completed the payment's last task."""

        async def is_on_build() -> bool:
            return await self._build_of(reference) == build_id

        await eventually(is_on_build)

    async def _build_of(self, reference: str) -> str | None:
        history = await self._world.handle(reference).fetch_history()
        tasks = [
            event.workflow_task_completed_event_attributes
            for event in history.events
            if event.HasField("workflow_task_completed_event_attributes")
        ]
        return tasks[-1].deployment_version.build_id if tasks else None
