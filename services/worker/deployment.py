"""Which build a worker is, and which payments Temporal gives it (worker versioning).

In a deployment one build is current: it is given new payments, and open ones with their next task. An
operator says which, with `temporal worker deployment set-current-version`. Only the very first build of a
deployment makes itself current, because without one its payments would wait for ever.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from temporalio.api.deployment.v1 import RoutingConfig
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    DescribeWorkerDeploymentResponse,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError
from temporalio.worker import WorkerDeploymentConfig

from services.worker.registration import NOT_ALLOWED, RPC_TIMEOUT

UNVERSIONED = "holdfast"
"""What Temporal is told as the deployment of a worker that says its build and is in no deployment."""
_LOOK_EVERY = 0.5
"""Seconds."""
_logger = logging.getLogger("holdfast.deployment")


@dataclass(frozen=True)
class Build:
    """The code a worker runs, by its commit. Outside a deployment the id is told and decides nothing."""

    build_id: str
    deployment: str | None = None

    @property
    def config(self) -> WorkerDeploymentConfig:
        """As the SDK's worker takes it.

        The behaviour is the worker's default and stands on no workflow class: where a class declares one, the
        server refuses what an unversioned worker makes of its tasks. Why payments move on: docs/adr/0009.
        """
        in_deployment = self.deployment is not None
        return WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(self.deployment or UNVERSIONED, self.build_id),
            use_worker_versioning=in_deployment,
            default_versioning_behavior=(
                VersioningBehavior.AUTO_UPGRADE if in_deployment else VersioningBehavior.UNSPECIFIED
            ),
        )


@asynccontextmanager
async def register_deployment_version(client: Client, build: Build | None) -> AsyncIterator[None]:
    """Around a worker that polls: the first build of its deployment becomes current, any other one says
    where payments go.
    """
    if build is None or build.deployment is None:
        yield
        return
    task = asyncio.create_task(_take_place(client, build.deployment, build.build_id))
    try:
        yield
    finally:
        task.cancel()


async def _take_place(client: Client, deployment: str, build_id: str) -> None:
    while True:
        try:
            _logger.info(await _placed(client, deployment, build_id))
        except RPCError as error:
            if error.status in NOT_ALLOWED:
                _logger.warning(
                    "cannot see or say which build is current (%s); %s",
                    error.status.name,
                    promotion(deployment, build_id),
                )
                return
            # the deployment exists once the server has seen a worker of it; another one may have been faster
            await asyncio.sleep(_LOOK_EVERY)
        else:
            return


async def _placed(client: Client, deployment: str, build_id: str) -> str:
    """What to tell of this build's place. Raises RPCError."""
    described = await client.workflow_service.describe_worker_deployment(
        DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment),
        timeout=RPC_TIMEOUT,
    )
    routing = described.worker_deployment_info.routing_config
    if _is_decided(routing):
        return _place(routing, deployment, build_id)
    await _make_current(client, deployment, build_id, described)
    return f"build {build_id} is the first of deployment {deployment}: it is given all payments"


def _is_decided(routing: RoutingConfig) -> bool:
    """Whether anybody has ever said where payments go, be it back to workers without a version."""
    has = routing.HasField
    return has("current_version_changed_time") or has("ramping_version_changed_time")


async def _make_current(
    client: Client, deployment: str, build_id: str, described: DescribeWorkerDeploymentResponse
) -> None:
    """Raises RPCError, also where somebody else has decided since the deployment was described."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=deployment,
        build_id=build_id,
        conflict_token=described.conflict_token,
        identity=client.identity,
    )
    await client.workflow_service.set_worker_deployment_current_version(request, timeout=RPC_TIMEOUT)


def _place(routing: RoutingConfig, deployment: str, build_id: str) -> str:
    current = routing.current_deployment_version.build_id
    if current == build_id:
        return f"build {build_id} is current: it is given payments"
    if routing.ramping_deployment_version.build_id == build_id:
        return f"build {build_id} is given {routing.ramping_version_percentage:g} % of the payments"
    elsewhere = f"build {current}" if current else "workers without a version"
    return f"build {build_id} waits: payments go to {elsewhere}; {promotion(deployment, build_id)}"


def promotion(deployment: str, build_id: str) -> str:
    """What an operator runs to have a build given payments."""
    options = f"--deployment-name {deployment} --build-id {build_id}"
    return f"to change that run temporal worker deployment set-current-version {options}"
