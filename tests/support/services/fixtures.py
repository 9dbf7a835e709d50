"""Fixtures of the tests of services and processes: keys, settings, a dev server and a signing gateway."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from google.protobuf.duration_pb2 import Duration
from starlette.applications import Starlette
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from services.settings import Settings
from services.settings_reading import validated
from services.webhook.app import create_app
from services.worker.registration import register_search_attributes
from tests.support.dev_server import started
from tests.support.services.notification_sender import (
    CLIENT_ID,
    NOTIFY_PATH,
    NOW,
    KeyPair,
    Sender,
    new_key_pair,
)
from tests.support.services.standin_payment import StandInPayment
from tools.local_stack.temporal_server import PROGRAM
from worker import build_worker
from workflows.late_notification.workflow import LateNotification

Environment = dict[str, str]
Load = Callable[..., Settings]
"""Loads the settings with some variables changed."""


@pytest.fixture(scope="session")
def merchant_key() -> KeyPair:
    return new_key_pair()


@pytest.fixture(scope="session")
def gateway_key() -> KeyPair:
    return new_key_pair()


@pytest.fixture(scope="session")
def other_key() -> KeyPair:
    return new_key_pair()


@pytest.fixture(scope="session")
def environment(merchant_key: KeyPair, gateway_key: KeyPair) -> Environment:
    """The required variables."""
    return {
        "ANTOM_GATEWAY_URL": "http://127.0.0.1:9",
        "ANTOM_CLIENT_ID": CLIENT_ID,
        "ANTOM_MERCHANT_PRIVATE_KEY": merchant_key.private_text,
        "ANTOM_PUBLIC_KEY": gateway_key.public_text,
        "HOLDFAST_NOTIFY_URL": f"https://pay.example.com{NOTIFY_PATH}",
    }


@pytest.fixture(scope="session")
def second_account(
    tmp_path_factory: pytest.TempPathFactory, merchant_key: KeyPair, other_key: KeyPair
) -> Path:
    """An accounts file with `shop-two`, whose notifications are signed with another key."""
    folder = tmp_path_factory.mktemp("accounts")
    (folder / "shop-two.key").write_text(merchant_key.private_text)
    (folder / "shop-two.pub").write_text(other_key.public_text)
    file = folder / "accounts.toml"
    file.write_text(
        '[accounts.shop-two]\ngateway_url = "http://127.0.0.1:9"\nclient_id = "5X00000000000002"\n'
        'merchant_private_key_file = "shop-two.key"\ngateway_public_key_file = "shop-two.pub"\n'
    )
    return file


@pytest.fixture
def load(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads the settings with some variables changed. None removes a variable."""

    def load_with(**changes: str | None) -> Settings:
        for variable, value in (environment | changes).items():
            if value is None:
                monkeypatch.delenv(variable, raising=False)
            else:
                monkeypatch.setenv(variable, value)
        return validated(Settings)

    return load_with


@pytest.fixture(scope="session")
def settings(environment: Environment, second_account: Path) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in environment.items():
            patch.setenv(variable, value)
        patch.setenv("HOLDFAST_ACCOUNTS", str(second_account))
        return validated(Settings)


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[Client]:
    """A real dev server on which stand-in payments and late notifications run."""
    async with await started(_start) as server:
        await register_search_attributes(server.client)
        async with build_worker(server.client, [], workflows=[StandInPayment, LateNotification]):
            yield server.client


async def _start() -> WorkflowEnvironment:
    return await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(PROGRAM),
        data_converter=pydantic_data_converter,
        dev_server_extra_args=[
            *("--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000"),
            *("--dynamic-config-value", "history.timerProcessorMaxPollRPS=1000"),
        ],
    )


@pytest.fixture(scope="session")
def app(settings: Settings, temporal: Client) -> Starlette:
    return create_app(settings, temporal, clock=lambda: NOW)


@pytest.fixture(scope="session")
def sender_to(gateway_key: KeyPair) -> Callable[[Starlette], Sender]:
    def sender(app: Starlette) -> Sender:
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://webhook")
        return Sender(http, gateway_key, NOW)

    return sender


@pytest.fixture
async def gateway(app: Starlette, sender_to: Callable[[Starlette], Sender]) -> AsyncIterator[Sender]:
    sender = sender_to(app)
    async with sender.http:
        yield sender


@pytest.fixture
async def new_namespace(temporal: Client) -> Client:
    """A client of a new namespace without search attributes."""
    name = f"ns-{uuid4().hex[:8]}"
    await temporal.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=name, workflow_execution_retention_period=Duration(seconds=86_400)
        ),
        retry=True,
    )
    client = await Client.connect(temporal.service_client.config.target_host, namespace=name)
    await _wait_until_known(client)
    return client


async def _wait_until_known(client: Client) -> None:
    """Waits until every part of the server knows the new namespace."""
    while True:
        try:
            await client.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace=client.namespace), retry=True
            )
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
        else:
            return
