"""The build that a worker runs, and its registration in a worker deployment (worker versioning).

Temporal sends new payments, and the next task of open ones, to the current build of a deployment. An operator
chooses it with `temporal worker deployment set-current-version`. Only the first build of a deployment makes
itself current, because without a current build no payment would run.
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
"""The deployment name that is sent to Temporal for a worker that has a build id and no deployment."""
_POLL_SECONDS = 0.5
_logger = logging.getLogger("holdfast.deployment")


@dataclass(frozen=True)
class Build:
    """The code that a worker runs, by its commit. Outside a deployment the build id is only informative."""

    build_id: str
    deployment: str | None = None

    @property
    def config(self) -> WorkerDeploymentConfig:
        """The configuration for the SDK's worker.

        The versioning behavior is the worker's default, and no workflow class declares one: the server
        refuses task completions of an unversioned worker for such a class. ADR 0009 says why payments move
        to the next build.
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
    """Registers the build of a polling worker in its deployment, in the background of the block.

    The first build of the deployment becomes current. A later build logs which build receives payments.
    """
    if build is None or build.deployment is None:
        yield
        return
    task = asyncio.create_task(_register_with_retries(client, build.deployment, build.build_id))
    try:
        yield
    finally:
        task.cancel()


async def _register_with_retries(client: Client, deployment: str, build_id: str) -> None:
    while True:
        try:
            _logger.info(await _register(client, deployment, build_id))
        except RPCError as error:
            if error.status in NOT_ALLOWED:
                _logger.warning(
                    "cannot read or set the current build (%s); %s",
                    error.status.name,
                    _promotion_command(deployment, build_id),
                )
                return
            # the server creates the deployment when its first worker polls, and another worker may have
            # changed it since it was described
            await asyncio.sleep(_POLL_SECONDS)
        else:
            return


async def _register(client: Client, deployment: str, build_id: str) -> str:
    """Makes the first build current, and describes which payments the build receives. Raises RPCError."""
    described = await client.workflow_service.describe_worker_deployment(
        DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment),
        timeout=RPC_TIMEOUT,
    )
    routing = described.worker_deployment_info.routing_config
    if _was_ever_set(routing):
        return _describe_routing(routing, deployment, build_id)
    await _make_current(client, deployment, build_id, described)
    return f"build {build_id} is the first of deployment {deployment}: it receives all payments"


def _was_ever_set(routing: RoutingConfig) -> bool:
    """Reports whether the routing was ever set, which includes a return to workers without a version."""
    has = routing.HasField
    return has("current_version_changed_time") or has("ramping_version_changed_time")


async def _make_current(
    client: Client, deployment: str, build_id: str, described: DescribeWorkerDeploymentResponse
) -> None:
    """Makes the build current. Raises RPCError, also when the deployment has changed since `described`."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=deployment,
        build_id=build_id,
        conflict_token=described.conflict_token,
        identity=client.identity,
    )
    await client.workflow_service.set_worker_deployment_current_version(request, timeout=RPC_TIMEOUT)


def _describe_routing(routing: RoutingConfig, deployment: str, build_id: str) -> str:
    current = routing.current_deployment_version.build_id
    if current == build_id:
        return f"build {build_id} is current: it receives payments"
    if routing.ramping_deployment_version.build_id == build_id:
        return f"build {build_id} receives {routing.ramping_version_percentage:g} % of the payments"
    receiver = f"build {current}" if current else "workers without a version"
    return f"build {build_id} waits: payments go to {receiver}; {_promotion_command(deployment, build_id)}"


def _promotion_command(deployment: str, build_id: str) -> str:
    options = f"--deployment-name {deployment} --build-id {build_id}"
    return f"to change that run temporal worker deployment set-current-version {options}"
